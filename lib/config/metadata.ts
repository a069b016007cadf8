import { z } from 'zod';
import { unseen } from './characters';
import { isDnsName, text } from './primitives';

// Kubernetes' qualified names: an optional DNS prefix, and a name of at most 63 characters. cdk8s takes an object with
// a key `constructor` for a class instance (cdk8s 2.70.106, lib/_util.js, sanitizeValue).
const qualifiedName = text(
  'a label or annotation key: an optional DNS name and "/", then letters, digits, "-", "_" and ".", at most 63',
  (key) => {
    const [, prefix, name = ''] = /^(?:([^/]*)\/)?([^/]*)$/.exec(key) ?? [];
    return (
      /^[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/.test(name) &&
      (prefix === undefined || isDnsName(prefix)) &&
      key !== 'constructor'
    );
  },
  'example.org/team',
);
const labelValue = text(
  'a label value: letters, digits, "-", "_" and ".", at most 63',
  /^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/,
  'platform',
);

export const labels = z.record(qualifiedName, labelValue);
const annotationValue = text(
  'text without control characters, but for tabs and line breaks',
  new RegExp(`^(?:[\\t\\n]|[^${unseen}])*$`, 'u'),
  'true',
);
export const annotations = z.record(qualifiedName, annotationValue);
