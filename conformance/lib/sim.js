// The simulator's controls, and requests to it that belong to neither client.

const base = process.env.FAL_BASE_URL;

async function call(method, path, { body, key } = {}) {
  const response = await fetch(base + path, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
    headers: key ? { authorization: `Key ${key}` } : {},
  });
  const value = await response.json();
  if (!response.ok) {
    throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(value)}`);
  }
  return value;
}

const control = (method, path, body) => call(method, `/__sim/${path}`, { body });

export const sim = {
  base,
  reset: () => control("POST", "reset"),
  advance: (seconds) => control("POST", "advance", { seconds }),
  script: (script) => control("POST", "script", script),
  fault: (fault) => control("POST", "faults", fault),
  settings: (settings) => control("POST", "settings", settings),
  ledger: () => control("GET", "ledger"),
  requests: () => control("GET", "requests"),

  /** A job of nobody's client: its submit's answer. */
  submit: (endpoint, input) =>
    call("POST", `/queue/${endpoint}`, { body: input, key: process.env.FAL_KEY }),

  /** Its output, when it is done. */
  result: async (job) => call("GET", new URL(job.response_url).pathname,
    { key: process.env.FAL_KEY }),
};
