import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';

const page = readFileSync('docs/threat-model.md', 'utf8');

/** The rows of the tables of threats: `C1 S`, threat, mitigation, proofs. */
const threats = page
  .split('\n')
  .filter((line) => /^\| [CKDO]\d/.test(line))
  .map((line) => {
    const [, id = '', threat = '', mitigation = '', proof = ''] = line.split(/\s*\|\s+/);
    return { id, threat, mitigation, proof: proof.replace(/\s*\|$/, '') };
  });

/** A proof: a file, and the name of a test in it. */
const proofShape = /`(test\/[^`]+)` "((?:[^"])+)"/g;

t.test('every threat has a mitigation and tests that exist', async (t) => {
  t.ok(threats.length > 60);
  for (const { id, threat, mitigation, proof } of threats) {
    t.ok(threat.length > 10 && mitigation.length > 5, id);
    const proofs = [...proof.matchAll(proofShape)];
    t.equal(proofs.map(([whole]) => whole).join('; '), proof, `${id}: nothing but proofs`);
    for (const [, file = '', name = ''] of proofs) {
      const source = existsSync(file) ? readFileSync(file, 'utf8') : '';
      const written = ["'", '"', '`'].some((quote) => source.includes(`${quote}${name}${quote}`));
      t.ok(written, `${id}: ${file} has "${name}"`);
    }
  }
});

t.test('every flow meets every kind of threat, and no threat stands twice', async (t) => {
  const ids = threats.map(({ id }) => id.split(' ')[0]);
  t.equal(new Set(ids).size, ids.length);
  const kindsOf = (flow: string): string =>
    [...new Set(threats.filter(({ id }) => id.startsWith(flow)).map(({ id }) => id.at(-1)))].join(
      '',
    );
  t.equal(kindsOf('C'), 'STRIDE');
  t.equal(kindsOf('K'), 'STRDE', 'promotion tells nobody anything');
  t.equal(kindsOf('D'), 'STID', 'nothing is done, and nothing may be, before a token');
  t.equal(kindsOf('O'), 'STRIDE');
});

t.test('SECURITY.md points here', async (t) => {
  t.match(readFileSync('SECURITY.md', 'utf8'), '(docs/threat-model.md)');
});
