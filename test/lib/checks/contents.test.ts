import { accepts, finds } from './faults';
import { crd } from './small-output';

const web = 'Deployment/mlops-web/web';

const image = `${web}: spec.template.spec.containers.0`;

const settings = 'ConfigMap/mlops-web/settings';

// Put together here, so that no scanner takes the test for a leak.
const key = ['-----BEGIN', 'PRIVATE KEY-----'].join(' ');

finds('images', [
  [
    'one without a tag',
    (draft) => (draft.container.image = 'registry.example.org/team/web'),
    `${image}.image is the image registry.example.org/team/web, which has no tag (pin one)`,
  ],
  [
    'one that changes under its tag',
    (draft) => (draft.container.image = 'web:latest'),
    `${image}.image is the image web:latest, which changes under its tag (pin another one)`,
  ],
  [
    'one in a flag',
    (draft) => (draft.container.args = ['--reloader=quay.io/team/reloader:latest']),
    `${image}.args.0 is the image quay.io/team/reloader:latest, which changes under its tag (pin another one)`,
  ],
  [
    'one in a variable',
    (draft) => draft.container.env.push({ name: 'EXECUTOR_IMAGE', value: 'docker.io/team/executor:latest' }),
    `${image}.env.2.value is the image docker.io/team/executor:latest, which changes under its tag (pin another one)`,
  ],
  [
    'those in the JSON and YAML of a ConfigMap',
    (draft) =>
      Object.assign(draft.find('ConfigMap', 'settings').data, {
        servers: '{"A":{"v2":{"image":"docker.io/team/a:latest"}}}',
        template: 'spec:\n  containers:\n    - image: "docker.io/team/b"\n',
      }),
    `${settings}: data.servers is the image docker.io/team/a:latest, which changes under its tag (pin another one)`,
    `${settings}: data.template is the image docker.io/team/b, which has no tag (pin one)`,
  ],
  [
    'one under any key that ends in image: of a custom resource, a ConfigMap, its JSON or its YAML',
    (draft) => {
      crd(draft, 'example.org', 'Thing');
      draft.add(60, 'example.org/v1 Thing mlops-web/one', { spec: { parts: [{ storageInitializerImage: 'fetch' }] } });
      Object.assign(draft.find('ConfigMap', 'settings').data, {
        EXECUTOR_IMAGE: 'docker.io/team/executor',
        json: '{"a":[{"baseImage":"docker.io/team/base:latest"}]}',
        yaml: 'proxy:\n  default_image: docker.io/team/proxy\n',
      });
    },
    `${settings}: data.EXECUTOR_IMAGE is the image docker.io/team/executor, which has no tag (pin one)`,
    'Thing/mlops-web/one: spec.parts.0.storageInitializerImage is the image fetch, which has no tag (pin one)',
    `${settings}: data.json is the image docker.io/team/base:latest, which changes under its tag (pin another one)`,
    `${settings}: data.yaml is the image docker.io/team/proxy, which has no tag (pin one)`,
  ],
  [
    'one that is not in the mirror',
    (draft) => (draft.images = { ...draft.images, registry: 'mirror.example.org/all' }),
    `${image}.image is the image registry.example.org/team/web:1.2.3, which is not in the mirror mirror.example.org/all (take it from the pins)`,
    'StatefulSet/mlops-web/db: spec.template.spec.containers.0.image is the image registry.example.org/team/web:1.2.3, which is not in the mirror mirror.example.org/all (take it from the pins)',
  ],
  [
    'one without a digest, where there is a lock',
    (draft) => {
      draft.images = { ...draft.images, isLocked: true };
      draft.container.image = `registry.example.org/team/web:1.2.3@sha256:${'0'.repeat(64)}`;
    },
    'StatefulSet/mlops-web/db: spec.template.spec.containers.0.image is the image registry.example.org/team/web:1.2.3, which is not in images.lock.json (run npm run images -- lock)',
  ],
]);

accepts('images', [
  [
    'one that the user builds without a digest, where there is a lock',
    (draft) => (draft.images = { ...draft.images, isLocked: true, built: ['registry.example.org/team/web:1.2.3'] }),
  ],
  [
    'none at all',
    (draft) => Object.assign(draft.find('ConfigMap', 'settings').data, { IMAGE: '', json: '{"image":""}' }),
  ],
  [
    'keys that only begin like one',
    (draft) => Object.assign(draft.find('ConfigMap', 'settings').data, { imagePullPolicy: 'x/y', a: 'images: none\n' }),
  ],
  [
    'a digest in place of a tag',
    (draft) => (draft.container.image = `registry.example.org/team/web@sha256:${'0'.repeat(64)}`),
  ],
  [
    'the ones that the user has chosen in place of those of the mirror',
    (draft) =>
      (draft.images = {
        ...draft.images,
        registry: 'mirror.example.org',
        chosen: ['registry.example.org/team/web:1.2.3'],
      }),
  ],
  [
    'flags and variables that only look a little like images',
    (draft) => {
      draft.container.args = ['--kubeconfig=/etc/kube.conf', '--listen=0.0.0.0:8080', '--origin=a.b/c'];
      draft.container.env.push({ name: 'PATHS', value: 'a/b/c' });
    },
  ],
]);

finds('secret values', [
  [
    'a Secret with a value',
    (draft) => draft.add(40, 'v1 Secret mlops-web/more', { data: { password: 'aHVudGVyMg==' } }),
    'Secret/mlops-web/more: holds a value for password (declare a Credential instead)',
  ],
  [
    'a password as a variable',
    (draft) => draft.container.env.push({ name: 'DB_PASSWORD', value: 'hunter2' }),
    `${web}: env DB_PASSWORD of container web has a literal value (declare a Credential instead)`,
  ],
  [
    'a key as a variable of another name',
    (draft) => draft.container.env.push({ name: 'LICENCE', value: 'q7Rk2ZpX9vTn4WcL8sYb' }),
    `${web}: env LICENCE of container web looks like a key or token (declare a Credential instead)`,
  ],
  [
    'a password as a flag, in one word or in two',
    (draft) => (draft.container.args = ['--admin-password=hunter2', '--token', 'abc']),
    `${web}: flag --admin-password of container web has a literal value (declare a Credential instead)`,
    `${web}: flag --token of container web has a literal value (declare a Credential instead)`,
  ],
  [
    'a password in a ConfigMap',
    (draft) => (draft.find('ConfigMap', 'settings').data.DB_PASSWORD = 'hunter2'),
    `${settings}: key DB_PASSWORD has a literal value (declare a Credential instead)`,
  ],
  [
    'a password that a credential would publish',
    (draft) => draft.secrets.push({ namespace: 'mlops-web', name: 'more', keys: { password: { value: 'hunter2' } } }),
    'Secret/mlops-web/more: key password has a literal value (let it be random or a copy)',
  ],
  [
    'an access key that a credential would publish, under any name that clients give it',
    (draft) => {
      const value = 'mlflow';
      const keys = { accessKey: { value }, AWS_ACCESS_KEY_ID: { value }, RCLONE_CONFIG_S3_ACCESS_KEY_ID: { value } };
      draft.secrets.push({ namespace: 'mlops-web', name: 'more', keys });
    },
    ...['accessKey', 'AWS_ACCESS_KEY_ID', 'RCLONE_CONFIG_S3_ACCESS_KEY_ID'].map(
      (key) => `Secret/mlops-web/more: key ${key} has a literal value (let it be random or a copy)`,
    ),
  ],
  [
    'a URL with a password',
    (draft) => draft.container.env.push({ name: 'URL', value: 'postgresql://user:hunter2@db.example.org/rows' }),
    `${web}: spec.template.spec.containers.0.env.2.value holds a URL with a password (declare a Credential instead)`,
  ],
  [
    'a private key, encoded or not',
    (draft) =>
      Object.assign(draft.find('ConfigMap', 'settings').data, {
        'a.pem': `${key}\n${'x'.repeat(100)}`,
        'b.pem': Buffer.from(`${key}\n${'x'.repeat(100)}`).toString('base64'),
      }),
    `${settings}: data.a.pem holds a private key (declare a Credential instead)`,
    `${settings}: data.b.pem holds a private key (declare a Credential instead)`,
  ],
]);

accepts('secret values', [
  [
    'what only points at a secret',
    (draft) => {
      draft.container.env.push(
        { name: 'DB_PASSWORD_FILE', value: '/secrets/password' },
        { name: 'SECRET_REF_NAME', value: 'login' },
        { name: 'TOKEN', value: '$(PASSWORD)' },
        { name: 'API_KEY', value: '' },
        { name: 'URL', value: 'http://user:$(PASSWORD)@example.org/' },
      );
      draft.container.args = ['--password=$(PASSWORD)', '--password-file=/secrets/password', '--token', '--verbose'];
    },
  ],
  [
    'a certificate',
    (draft) => (draft.find('ConfigMap', 'settings').data['ca.pem'] = '-----BEGIN CERTIFICATE-----\nMA=='),
  ],
]);
