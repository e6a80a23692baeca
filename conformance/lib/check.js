// Counts checks the way the shell scripts here do.

const LIMIT = 20_000; // milliseconds for one check

let passed = 0;
let failed = 0;

function limited(promise) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${LIMIT} ms`)), LIMIT);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

/** One check: it fails when `action` throws. */
export async function check(name, action) {
  try {
    await limited(action());
    passed += 1;
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    const text = error.stack ?? String(error);
    console.log(`NOT OK  ${name}:\n${text.replace(/^/gm, "        ")}`);
  }
}

/** Prints the line that the scripts read, and ends. */
export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 || passed === 0 ? 1 : 0);
}
