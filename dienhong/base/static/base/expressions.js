// The browser's evaluator of the expression language: checks while typing, exact fractions over BigInt.
//
// It takes the tree that Python's to_json() gives, covers all of it (SUBSET), and is held equal to the Python
// evaluator and to the SQL compiler by a property test. No code is generated, so a strict Content-Security-Policy holds.
//
//   evaluate(tree, {"[r1]": {value: "12.5"}, "[r2]": {empty: 1}})
//     -> {kind: "truth", truth: true | false | null, empty: 0}           null: cannot tell, `empty` says why
//     -> {kind: "number", num: 5n, den: 2n, empty: 0}                    num and den are null where empty is not 0
//   rounded(result, 1) -> "2.5", or null where empty

// Codes of empties: 0 a number, 1 nothing arose, 2 unknown, 3 not applicable, 4 source down, 5 division by zero,
// 6 too long, 7 not entered. The same as empties.json beside the Python evaluator; a test compares them.
export const TABLE = {
  counts_as_number: [true, true, false, false, false, false, false, false],
  given: [true, true, true, true, false, false, false, false],
  adding: [
    [0, 0, 2, 0, 4, 5, 6, 7],
    [0, 1, 2, 1, 4, 5, 6, 7],
    [2, 2, 2, 2, 4, 5, 6, 7],
    [0, 1, 2, 3, 4, 5, 6, 7],
    [4, 4, 4, 4, 4, 5, 6, 7],
    [5, 5, 5, 5, 5, 5, 6, 7],
    [6, 6, 6, 6, 6, 6, 6, 7],
    [7, 7, 7, 7, 7, 7, 7, 7],
  ],
  calculating: [
    [0, 0, 2, 3, 4, 5, 6, 7],
    [0, 1, 2, 3, 4, 5, 6, 7],
    [2, 2, 2, 3, 4, 5, 6, 7],
    [3, 3, 3, 3, 4, 5, 6, 7],
    [4, 4, 4, 4, 4, 5, 6, 7],
    [5, 5, 5, 5, 5, 5, 6, 7],
    [6, 6, 6, 6, 6, 6, 6, 7],
    [7, 7, 7, 7, 7, 7, 7, 7],
  ],
  limits: { integer_digits: 24, decimals: 12 },
};

const DIVISION_BY_ZERO = 5;
const TOO_LONG = 6;
const NOT_ENTERED = 7;
const LITERAL = /^(-?)([0-9]+)(?:\.([0-9]+))?$/;

const magnitude = (n) => (n < 0n ? -n : n);
const amount = (num, den, empty = 0) => (empty ? { num: 0n, den: 1n, empty } : { num, den, empty });
const nothing = (empty) => amount(0n, 1n, empty);
const verdict = (truth, empty = 0) => ({ truth, empty });
const counts = (part) => TABLE.counts_as_number[part.empty];
const fold = (matrix, parts) => parts.map((part) => part.empty).reduce((a, b) => TABLE[matrix][a][b]);

// "12.50" -> 1250/100. The fraction is not reduced: denominators stay powers of ten and products of numerators,
// and the length of any formula is bounded before it gets here.
function literal(text) {
  const found = LITERAL.exec(text);
  if (!found) throw new TypeError(`"${text}" is not a number with a decimal point`);
  const part = found[3] ?? "";
  return amount(BigInt(found[1] + found[2] + part), 10n ** BigInt(part.length));
}

// A cell: {value: "12.5"} or {empty: code}; nothing at all counts as not entered, as does a code that is not one.
function figure(cell) {
  const code = cell?.empty ?? 0;
  if (code) return nothing(code > 0 && code <= NOT_ENTERED ? code : NOT_ENTERED);
  if (cell?.value === undefined || cell.value === null) return nothing(NOT_ENTERED);
  const text = String(cell.value);
  if (/^-?(NaN|Infinity)$/.test(text)) return nothing(TOO_LONG);
  const [, , whole, part = ""] = LITERAL.exec(text) ?? literal(text);
  const { integer_digits: digits, decimals } = TABLE.limits;
  const long = whole.replace(/^0+/, "").length > digits || part.replace(/0+$/, "").length > decimals;
  return long ? nothing(TOO_LONG) : literal(text);
}

function add(parts) {
  const empty = fold("adding", parts);
  const total = parts.reduce((a, b) => ({ num: a.num * b.den + b.num * a.den, den: a.den * b.den }));
  return amount(total.num, total.den, empty);
}

const negate = (part) => ({ ...part, num: -part.num });

const by = (work) => (parts) => {
  const empty = fold("calculating", parts);
  if (empty) return nothing(empty);
  const { num, den } = work(...parts); // min and max hand back a part, which may say "nothing arose" of itself
  return amount(num, den);
};

const dividing = (work) => (parts) => {
  const empty = fold("calculating", parts);
  if (!TABLE.counts_as_number[empty]) return nothing(empty);
  return parts[1].num === 0n ? nothing(DIVISION_BY_ZERO) : work(...parts);
};

const order = (a, b) => {
  const difference = a.num * b.den - b.num * a.den;
  return difference < 0n ? -1 : Number(difference > 0n);
};

function quotient(num, den) {
  return den < 0n ? amount(-num, -den) : amount(num, den);
}

const NUMBERS = {
  "+": add,
  sum: add,
  "-": ([a, b]) => add([a, negate(b)]),
  "*": by((a, b) => amount(a.num * b.num, a.den * b.den)),
  "/": dividing((a, b) => quotient(a.num * b.den, a.den * b.num)),
  change: dividing((a, b) => amount((a.num * b.den - b.num * a.den) * 100n, a.den * magnitude(b.num))),
  neg: by(negate),
  abs: by((a) => amount(magnitude(a.num), a.den)),
  min: by((...parts) => parts.reduce((a, b) => (order(a, b) <= 0 ? a : b))),
  max: by((...parts) => parts.reduce((a, b) => (order(a, b) >= 0 ? a : b))),
  coalesce: (parts) => parts.find(counts) ?? parts.at(-1),
};

const COMPARE = {
  "=": (sign) => sign === 0,
  "!=": (sign) => sign !== 0,
  "<": (sign) => sign < 0,
  "<=": (sign) => sign <= 0,
  ">": (sign) => sign > 0,
  ">=": (sign) => sign >= 0,
};

const PREDICATES = {
  is_empty: ([part]) => verdict(part.empty !== 0),
  given: ([part]) => verdict(TABLE.given[part.empty]),
};

const combine = (decisive) => (parts) => {
  if (parts.some((part) => part.truth === decisive)) return verdict(decisive);
  const open = parts.filter((part) => part.truth === null).map((part) => part.empty);
  return open.length ? verdict(null, Math.max(...open)) : verdict(!decisive);
};

const LOGIC = {
  and: combine(false),
  or: combine(true),
  not: ([part]) => verdict(part.truth === null ? null : !part.truth, part.empty),
};

function compare(name, a, b) {
  const empty = TABLE.calculating[a.empty][b.empty];
  return TABLE.counts_as_number[empty] ? verdict(COMPARE[name](order(a, b))) : verdict(null, empty);
}

function places(tree) {
  return tree[0] === "neg" ? -Number(tree[1][1]) : Number(tree[1]);
}

function visit(tree, cells) {
  const [name, ...args] = tree;
  if (name === "number") return literal(args[0]);
  if (name === "ref") return figure(cells[args[0]]);
  if (name === "if") {
    const condition = visit(args[0], cells);
    if (condition.truth !== null) return visit(args[condition.truth ? 1 : 2], cells);
    return givesTruth(args[1]) ? verdict(null, condition.empty) : nothing(condition.empty);
  }
  if (name === "round") {
    const part = visit(args[0], cells);
    return part.empty ? part : literal(toPlaces(part, places(args[1]), "half_away"));
  }
  const parts = args.map((arg) => visit(arg, cells));
  if (name in NUMBERS) return NUMBERS[name](parts);
  if (name in COMPARE) return compare(name, ...parts);
  const judge = LOGIC[name] ?? PREDICATES[name];
  if (!judge) throw new TypeError(`"${name}" is not in the expression language`);
  return judge(parts);
}

function givesTruth([name, ...args]) {
  return name === "if" ? givesTruth(args[1]) : name in COMPARE || name in LOGIC || name in PREDICATES;
}

// Every kind of node that evaluate() takes; the same list as SUBSET in Python's functions.py.
export const SUBSET = [NUMBERS, COMPARE, LOGIC, PREDICATES, { number: 0, ref: 0, if: 0, round: 0 }]
  .flatMap(Object.keys)
  .sort();

export function evaluate(tree, cells) {
  const { num, den, truth, empty } = visit(tree, cells);
  if (truth !== undefined) return { kind: "truth", truth, empty };
  return empty ? { kind: "number", num: null, den: null, empty } : { kind: "number", num, den, empty };
}

function toPlaces({ num, den }, decimals, mode) {
  const factor = 10n ** BigInt(Math.abs(decimals));
  const top = magnitude(num) * (decimals > 0 ? factor : 1n);
  const bottom = den * (decimals < 0 ? factor : 1n);
  let whole = top / bottom;
  const rest = top % bottom;
  const half = 2n * rest - bottom;
  if (mode === "up") whole += rest > 0n ? 1n : 0n;
  else if (mode === "half_away") whole += half >= 0n ? 1n : 0n;
  else if (mode === "half_even") whole += half > 0n || (half === 0n && whole % 2n === 1n) ? 1n : 0n;
  else if (mode !== "down") throw new RangeError(`rounding "${mode}" is not known`);
  if (decimals < 0) whole *= factor;
  const sign = num < 0n && whole > 0n ? "-" : "";
  const digits = whole.toString().padStart(Math.max(decimals, 0) + 1, "0");
  if (decimals <= 0) return sign + digits;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

// The number at the indicator's precision, as text with a decimal point; null where empty.
export function rounded(result, decimals, mode = "half_away") {
  return result.num === null ? null : toPlaces(result, decimals, mode);
}

export function references(tree) {
  const [name, ...args] = tree;
  if (name === "ref") return [args[0]];
  return name === "number" ? [] : [...new Set(args.flatMap(references))];
}
