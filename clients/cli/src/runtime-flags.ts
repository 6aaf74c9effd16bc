/** The flags of `pgml runtime`: one for each setting of the runtime, and those of the command itself. */
import { defaultText, type SettingName, settingNames, settings, spellings } from '@pgml/runtime';
import type { Flag } from './commands.js';

const isSecret = (name: SettingName) => 'secret' in settings[name];

function settingFlag(name: SettingName): Flag {
  const value = defaultText(name);
  return {
    name: spellings.flag(name),
    environment: spellings.environment(name),
    ...(value === undefined ? {} : { default: value }),
    value: settings[name].kind.placeholder,
    summary: settings[name].summary,
  };
}

export const runtimeFlags: readonly Flag[] = [
  {
    name: 'config',
    environment: 'PGML_RUNTIME_CONFIG',
    value: 'FILE',
    summary: 'a TOML file with these settings, and the users',
  },
  ...settingNames.filter((name) => !isSecret(name)).map(settingFlag),
  { name: 'print-systemd-unit', summary: 'print a unit for systemd that runs this command with these flags, and quit' },
];
