import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderCommandReference } from './command-reference.ts';
import { renewConfiguration } from './configuration-reference.ts';
import { projectRoot, readDoc } from './markdown.ts';

const configuration = 'docs/configuration.md';
writeFileSync(join(projectRoot, 'docs/commands.md'), renderCommandReference());
writeFileSync(join(projectRoot, configuration), renewConfiguration(readDoc(configuration)));
