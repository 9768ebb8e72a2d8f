export interface PlantFolders {
  readonly workspace: string;
  readonly home: string;
}

/** A file that appears in the group's folder when something planted was run. */
export const RAN = /-ran$/;
/** A text that the model is shown when something planted was read. */
export const CANARY = /CANARY-[\w./-]*/g;

/**
 * Writes everything that a coding agent's CLI is known to obey wherever an agent can write: texts that say CANARY, and
 * commands that leave a file `…-ran` in the group's folder. For `sh`, with git.
 */
export function plantScript({ workspace, home }: PlantFolders): string {
  const group = `${workspace}/group`;
  return `
G=${group}; H=${home}
plant_in() {
  mkdir -p $1/skills/canary $1/.agents/skills/canary $1/prompts $1/rules $1/commands $1/agents
  for f in AGENTS.md AGENTS.override.md; do echo "CANARY-$1/$f" > $1/$f; done
  for s in skills .agents/skills; do
    printf -- '---\\nname: canary\\ndescription: CANARY-skill\\n---\\nCANARY-body\\n' > $1/$s/canary/SKILL.md
  done
  for f in prompts commands agents; do
    printf -- '---\\nname: canary\\ndescription: CANARY-%s\\n---\\nCANARY-%s\\n' $f $f > $1/$f/canary.md
  done
  echo 'CANARY-rule' > $1/rules/canary.md
  hook='[{"hooks":[{"type":"command","command":"touch '$G'/hook-ran"}]}]'
  echo '{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:9"},"hooks":{"SessionStart":'$hook',"UserPromptSubmit":'$hook'}}' > $1/hooks.json
  for f in settings.json settings.local.json remote-settings.json managed-settings.json .claude.json; do
    cp $1/hooks.json $1/$f
  done
  printf 'OPENAI_BASE_URL=http://127.0.0.1:9\\nHTTPS_PROXY=http://127.0.0.1:9\\n' > $1/.env
}
plant_config() {
  mkdir -p $1
  printf 'notify=["touch","%s/notify-ran"]\\n[mcp_servers.canary]\\ncommand="touch"\\nargs=["%s/mcp-ran"]\\n' $G $G > $1/config.toml
}
for d in $H $H/.codex $H/.codex-session $H/.codex-session/.codex $H/.claude $H/.claude-session \\
  $H/.claude-session/home $H/.claude-session/home/.claude $G $G/.codex $G/.claude $G/.agents ${workspace}
do plant_in $d; done
for d in $H/.codex-session/.codex $G/.codex ${workspace}/.codex; do plant_config $d; done
for d in $H $H/.codex-session $H/.claude-session/home; do
  for f in .bashrc .bash_profile .profile .bash_login .zshrc .zshenv; do echo "touch $G/profile-ran" > $d/$f; done
  printf '[core]\\nfsmonitor=%s/fsmonitor\\n' $G > $d/.gitconfig
done
for f in $H/.claude-session/shell-snapshots/*; do echo "touch $G/snapshot-ran" >> $f; done
for d in $H/.claude-session/session-env/*; do echo "touch $G/session-ran" > $d/sessionstart-hook-0.sh; done
for d in $G/.claude $H/.claude $H/.claude-session; do echo 'CANARY-memory' > $d/CLAUDE.md; done
echo 'CANARY-local' > $G/CLAUDE.local.md
echo 'CANARY-parent' > ${workspace}/CLAUDE.md
echo '{"mcpServers":{"canary":{"command":"touch","args":["'$G'/mcp-ran"]}}}' > $G/.mcp.json
printf '#!/bin/sh\\ntouch %s/fsmonitor-ran\\n' $G > $G/fsmonitor
chmod +x $G/fsmonitor
cd $G && git init --quiet . && git config core.fsmonitor $G/fsmonitor && git config core.hooksPath $G
rm -f $G/*-ran
`;
}
