# Runs systemd's manager of a user, shut off from the machine, until the input ends: that of a killed test ends, too.
# $1 is a new folder with home/ and run/; its control groups get its name. In the end both are gone.
set -u
folder=$1
name=${folder##*/}
roots='/sys/fs/cgroup/unified /sys/fs/cgroup/systemd /sys/fs/cgroup'
exec 3<&0

# A manager takes in all processes of the control group that it starts in, so that it must have one of its own.
enter_own_groups() {
  for root in $roots; do
    if [ ! -e "$root/cgroup.procs" ]; then continue; fi
    mkdir "$root/$name" && echo 0 > "$root/$name/cgroup.procs" || exit 1
  done
  used=$(grep -E '^0::|:name=systemd:' /proc/self/cgroup)
  if [ -n "$used" ] && ! echo "$used" | grep -qv "/$name\$"; then return; fi
  echo 'This test needs a control group of its own, and the machine gives it none.' >&2
  exit 1
}

# The first process of the namespace: when it ends, all others in it are killed.
inside='
set -eu
if [ -d /sys/fs/cgroup/unified ]; then
  mount -t tmpfs none /sys/fs/cgroup
  mkdir /sys/fs/cgroup/unified /sys/fs/cgroup/systemd
  mount -t cgroup2 none /sys/fs/cgroup/unified
  mount -t cgroup -o none,name=systemd none /sys/fs/cgroup/systemd
else
  mount -t cgroup2 none /sys/fs/cgroup
fi
mount -t tmpfs none /run/systemd
mkdir /run/systemd/system
/usr/lib/systemd/systemd --user --log-target=null 3<&- &
manager=$!
{ cat > /dev/null; kill -KILL "$manager"; } <&3 &
echo started
wait "$manager"'

# A control group goes when the last process in it has been reaped, a moment after its death.
remove_groups() {
  for root in $roots; do
    for _ in 1 2 3 4 5 6 7 8 9 10; do
      if [ ! -d "$root/$name" ]; then break; fi
      find "$root/$name" -depth -type d -exec rmdir {} + 2> /dev/null || sleep 0.1
    done
  done
}

(
  enter_own_groups
  exec unshare --mount --pid --cgroup --fork --kill-child --mount-proc sh -c "$inside"
) &
wait $!
remove_groups
rm -rf "$folder"
