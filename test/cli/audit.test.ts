import { accepted } from '../../cli/audit/accepted';
import { judges } from '../../cli/audit/judges';
import { openIssues } from '../../cli/audit/verdict';

const finding = { judge: 'checkov', check: 'CKV_1', object: 'Deployment/here/web', text: 'is not high enough' };
const heard = new Set(['checkov']);
const known = { judge: 'checkov', check: 'CKV_1', reason: 'it is high' };

test('a finding is open until it is accepted, for its object', () => {
  const open = ['Deployment/here/web: checkov CKV_1: is not high enough'];
  expect(openIssues([finding, finding], [], heard)).toEqual(open);
  expect(openIssues([finding], [known], heard)).toEqual([]);
  expect(openIssues([finding], [{ ...known, objects: /^Deployment\/here\// }], heard)).toEqual([]);
  expect(openIssues([finding], [{ ...known, objects: /^Job\// }], heard)).toContain(open[0]);
  expect(openIssues([finding], [{ ...known, judge: 'kube-score' }], heard)).toEqual(open);
});

test('what is accepted and not found any more is open, unless its judge was not heard', () => {
  const line = 'checkov CKV_1: is accepted, but not found any more (remove it from cli/audit/accepted.ts)';
  expect(openIssues([], [known], heard)).toEqual([line]);
  expect(openIssues([], [known], new Set())).toEqual([]);
});

test('what is accepted here is of a judge that there is, once, with a reason', () => {
  const names = judges.map(({ name }) => name);
  expect(accepted.filter(({ judge, reason }) => !names.includes(judge) || reason.length < 20)).toEqual([]);
  expect(new Set(accepted.map(({ judge, check }) => `${judge} ${check}`)).size).toBe(accepted.length);
});
