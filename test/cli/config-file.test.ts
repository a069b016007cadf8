import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfigFile } from '../../cli/config-file';
import { temporaryFolder } from '../support/temporary';

const folder = temporaryFolder();

function file(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** What a file is refused for, without its name. */
function refusal(name: string, text: string | Buffer): string {
  const path = file(name, text);
  try {
    return `read as ${JSON.stringify(readConfigFile(path))}`;
  } catch (error) {
    return (error as Error).message.replace(`${path}: `, '');
  }
}

test('YAML and JSON say the same as a module', () => {
  const config = { cluster: { externalHost: '192.0.2.10' }, services: { kafka: false }, models: [] };
  expect(readConfigFile(file('a.json', `\uFEFF${JSON.stringify(config, null, '\t')}`))).toEqual(config);
  const yaml = 'cluster: &cluster\n  externalHost: 192.0.2.10\nservices: { kafka: off }\nmodels: []\n';
  expect(readConfigFile(file('a.yaml', yaml))).toEqual(config);
  expect(readConfigFile(file('UPPER.YML', yaml))).toEqual(config);
});

test.each([
  ['nothing', 'a.yaml', '', 'is empty (write a config into it)'],
  ['nothing but a comment', 'a.yaml', '---\n# later\n', 'is empty (write a config into it)'],
  ['null', 'a.json', 'null', 'is empty (write a config into it)'],
  ['two documents', 'a.yaml', 'a: 1\n---\nb: 1\n', 'has 2 documents (give each a file of its own)'],
  [
    'a key that is there twice',
    'a.yaml',
    'size: {}\nsize: {}\n',
    'cannot be loaded: duplicated mapping key (line 2, column 1)',
  ],
  [
    'a key that is there twice in JSON',
    'a.json',
    '{\n  "size": {},\n  "size": {}\n}',
    'cannot be loaded: duplicated mapping key (line 3, column 3)',
  ],
  [
    'a wrong indentation',
    'a.yaml',
    'size:\n  profile: team\n models: []\n',
    'cannot be loaded: bad indentation of a mapping entry (line 3, column 2)',
  ],
  [
    'an alias without its anchor',
    'a.yaml',
    'size: *size\n',
    'cannot be loaded: unidentified alias "size" (line 1, column 12)',
  ],
  [
    'code',
    'a.yaml',
    'size: !!js/function "x"\n',
    expect.stringMatching(/^cannot be loaded: unknown tag .*js\/function.* \(line 1, /),
  ],
  [
    'bytes that are no text',
    'a.yaml',
    Buffer.from([0]),
    'cannot be loaded: null byte is not allowed in input (line 1, column 1)',
  ],
])('%s is refused', (_, name, text, message) => {
  expect(refusal(name, text)).toEqual(message);
});

test('depth is refused, not run out of', () => {
  expect(refusal('deep.json', '['.repeat(100_000))).toMatch(/^cannot be loaded: nesting exceeded .* \(line 1, /);
});
