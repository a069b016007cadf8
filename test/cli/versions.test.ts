import { programs } from '../../charts/releases';
import { inProcess } from '../support/in-process';

interface Listed {
  readonly name: string;
  readonly pinned: string;
  readonly newest: string;
  readonly licence: string;
  readonly source: string;
  readonly problems: readonly string[];
}

test('every program is listed with its versions, licence and source', async () => {
  const { stdout, stderr } = await inProcess('versions', ['--json']);
  expect(stderr).toBe('');
  const listed = (JSON.parse(stdout) as { programs: Listed[] }).programs;
  expect(new Set(listed.map(({ name }) => name))).toEqual(new Set(programs.map(({ name }) => name)));
  for (const { pinned, newest, licence } of listed) {
    expect([pinned, newest]).toEqual([expect.stringMatching(/^\d/), expect.stringMatching(/^\d/)]);
    expect(licence).not.toContain('unknown');
  }
});

test('the table shows the same, and fails where a program has a problem', async () => {
  const listed = (JSON.parse((await inProcess('versions', ['--json'])).stdout) as { programs: Listed[] }).programs;
  const bad = listed.filter(({ problems }) => problems.length > 0);
  const { code, stdout } = await inProcess('versions', []);
  expect(code).toBe(bad.length > 0 ? 1 : 0);
  for (const { name, pinned, source, problems } of listed) {
    expect(stdout).toMatch(
      new RegExp(`^${problems.length > 0 ? '✗' : '✓'} ${name} +${pinned.replaceAll('.', '\\.')} `, 'm'),
    );
    expect(stdout).toContain(source);
    for (const problem of problems) expect(stdout).toContain(problem);
  }
  expect(stdout).toContain(`${listed.length} programs, ${bad.length} with problems`);
});

test('an unknown option is refused with the usage', async () => {
  const { code, stdout, stderr } = await inProcess('versions', ['--jsno']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^Unknown option '--jsno'.*\n\nUsage: npm run versions/);
});
