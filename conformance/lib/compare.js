// Recorded requests side by side. A request is taken apart into named fields; a
// difference is { on, field, official, ours }, where null stands for a field that is absent.

import { isDeepStrictEqual } from "node:util";

/** A body as data where it is JSON; the bytes of a file as they are. */
function bodyOf(request) {
  const isJson = request.headers.some(([name, value]) =>
    name.toLowerCase() === "content-type" && value.startsWith("application/json"));
  return isJson && request.body ? JSON.parse(request.body) : request.body ?? "";
}

function fieldsOf(request, ignored) {
  const fields = new Map([["method", request.method], ["path", request.path]]);
  for (const [name, value] of new URLSearchParams(request.query ?? "")) {
    fields.set(`query ${name}`, value);
  }
  fields.set("body", bodyOf(request));
  for (const [name, value] of request.headers) {
    const known = name.toLowerCase();
    if (ignored(known)) continue;
    const field = `header ${known}`;
    fields.set(field, fields.has(field) ? `${fields.get(field)}, ${value}` : value);
  }
  return fields;
}

/** Parts of a file may arrive in any order; how they are joined comes last. */
function inOrder(requests) {
  const isPart = (request) => request.route === "upload";
  const parts = requests.filter(isPart)
    .sort((a, b) => a.path.localeCompare(b.path, "en", { numeric: true }));
  return requests.map((request) => (isPart(request) ? parts.shift() : request));
}

/** By route, the requests that differ from the one before: repeated polls count once. */
function byRoute(requests, ignored) {
  const routes = new Map();
  for (const request of inOrder(requests)) {
    const list = routes.get(request.route) ?? [];
    const fields = fieldsOf(request, ignored);
    if (!isDeepStrictEqual(list.at(-1), fields)) list.push(fields);
    routes.set(request.route, list);
  }
  return routes;
}

/** The order in which routes were first used. */
const sequence = (routes) => [...routes.keys()].join(", ");

function pair(on, official, ours) {
  const differences = [];
  for (const field of new Set([...official.keys(), ...ours.keys()])) {
    const difference = {
      on, field, official: official.get(field) ?? null, ours: ours.get(field) ?? null,
    };
    if (!isDeepStrictEqual(difference.official, difference.ours)) {
      differences.push(difference);
    }
  }
  return differences;
}

/** All differences between the requests of one call. */
export function compare(verb, official, ours, ignored) {
  const theirs = byRoute(official, ignored);
  const own = byRoute(ours, ignored);
  const differences = [];
  if (sequence(theirs) !== sequence(own)) {
    differences.push({
      on: verb, field: "sequence", official: sequence(theirs), ours: sequence(own),
    });
  }
  for (const [route, list] of theirs) {
    const mine = own.get(route) ?? [];
    if (list.length !== mine.length && mine.length > 0) {
      differences.push({
        on: route, field: "forms", official: list.length, ours: mine.length,
      });
    }
    list.slice(0, mine.length).forEach((fields, i) => {
      differences.push(...pair(route, fields, mine[i]));
    });
  }
  return differences;
}
