// Sums and checks while one types, by the rules the page carries as data. The server has the last word after each
// save and says the same sentences; what this file cannot read it leaves to the server.

const MARKS = new Map([["-", 1], ["–", 1], ["—", 1], ["−", 1], ["…", 2], ["...", 2], ["..", 2], ["x", 3], ["×", 3], ["!", 4]]);
const NUMBER = /^([+\-−]?)([0-9.,]*[0-9][0-9.,]*)$/;
const STYLES = {
  dot_thousands: /^(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,[0-9]+)?$/,
  dot_decimal: /^(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]+)?$/,
};

function styled(body, style) {
  if (!STYLES[style].test(body)) return null;
  return style === "dot_thousands" ? body.replaceAll(".", "").replace(",", ".") : body.replaceAll(",", "");
}

const same = (a, b) => a.replace(/(\.[0-9]*?)0+$/, "$1").replace(/\.$/, "") === b.replace(/(\.[0-9]*?)0+$/, "$1").replace(/\.$/, "");

/** Both readings of a text that can be read two ways, {dot_thousands, dot_decimal}; null for any other text. */
export function ambiguous(text) {
  const found = NUMBER.exec(text.trim());
  if (!found) return null;
  const readings = { dot_thousands: styled(found[2], "dot_thousands"), dot_decimal: styled(found[2], "dot_decimal") };
  const two = readings.dot_thousands !== null && readings.dot_decimal !== null;
  return two && !same(readings.dot_thousands, readings.dot_decimal) ? readings : null;
}

const decimalsOf = (value) => (value.split(".")[1] ?? "").replace(/0+$/, "").length;

/** Of the two readings of a text those that a cell takes, [[convention, value], …]; [] where it is read one way. */
export function meanings(text, cell) {
  const two = cell?.kind === "number" ? ambiguous(text) : null;
  return Object.entries(two ?? {}).filter(([, value]) => decimalsOf(value) <= cell.decimals);
}

/** The ways to read that every unsure [text, cell] of a block allows; both where no one way suits all. */
export function conventions(unsure) {
  const both = ["dot_thousands", "dot_decimal"];
  const common = both.filter((one) => unsure.every(([text, cell]) => meanings(text, cell).some(([name]) => name === one)));
  return common.length ? common : both;
}

/** {value}, {empty}, null for a blank cell, undefined for what only the server can say something about. */
export function read(text, decimals, convention = null, lang = "vi") {
  const stripped = text.trim();
  if (!stripped) return null;
  const mark = MARKS.get(stripped.toLowerCase());
  if (mark) return { empty: mark };
  const found = NUMBER.exec(stripped);
  if (!found || (!convention && ambiguous(stripped))) return undefined;
  const value = styled(found[2], convention ?? (lang === "en" ? "dot_decimal" : "dot_thousands"));
  if (value === null) return undefined;
  const [whole, fraction = ""] = value.split(".");
  const kept = fraction.replace(/0+$/, "");
  if (kept.length > decimals || whole.length > 20) return undefined;
  const negative = /^[-−]/.test(found[1]) && /[1-9]/.test(value);
  return { value: (negative ? "-" : "") + whole + (kept ? `.${kept}` : "") };
}

/** "1234.5" at one decimal -> "1.234,5" (vi) or "1,234.5" (en). decimals null keeps those it has. */
export function shown(value, decimals, lang, sign = false) {
  const negative = value.startsWith("-");
  const [whole, fraction = ""] = value.replace(/^-/, "").split(".");
  const [group, point] = lang === "vi" ? [".", ","] : [",", "."];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group);
  const part = decimals === null ? fraction : fraction.padEnd(decimals, "0").slice(0, decimals);
  const zero = !/[1-9]/.test(value);
  return (zero ? "" : negative ? "−" : sign ? "+" : "") + grouped + (part ? point + part : "");
}

export class Judge {
  constructor(rules, expressions, checked = false) {
    this.checked = checked;
    this.rules = rules;
    this.expressions = expressions;
    this.now = rules.now;
    // A check that asks after something which is no cell (a text, say) is the server's.
    this.checks = rules.checks.filter((check) =>
      expressions.references(check.tree).every((key) => this.#place(key)[0] in rules.cells));
  }

  #place(reference) {
    const found = /^\[([^\]]+)\](?:@(\w+))?$/.exec(reference);
    return found ? [found[1], found[2] ?? ""] : ["", ""];
  }

  #figures(period) {
    return period ? this.rules[period] ?? {} : this.now;
  }

  #inputs(tree) {
    return Object.fromEntries(this.expressions.references(tree).map((reference) => {
      const [key, period] = this.#place(reference);
      return [reference, this.#figures(period)[key] ?? {}];
    }));
  }

  set(key, figure) {
    if (figure) this.now[key] = figure;
    else delete this.now[key];
  }

  /** Compute what is computed. Returns the keys with what they show. */
  compute() {
    const out = {};
    for (const { key, tree } of this.rules.computed) {
      const result = this.expressions.evaluate(tree, this.#inputs(tree));
      const value = this.expressions.rounded(result, this.rules.cells[key].decimals);
      const empty = result.empty === 5 ? 3 : result.empty;
      this.set(key, value !== null ? { value } : empty < 5 ? { empty } : null);
      out[key] = this.show(key);
    }
    return out;
  }

  show(key) {
    const figure = this.now[key];
    if (figure?.value !== undefined) return shown(figure.value, this.rules.cells[key].decimals, this.rules.lang);
    return figure ? ["", "-", "…", "x", "!"][figure.empty] ?? "" : "";
  }

  /** What the checks say of the figures as they stand: {errors, warnings} as the server sends them, and in `told`
   *  by rule whether it holds (null: cannot be told). */
  check() {
    const out = { errors: [], warnings: [], told: {} };
    for (const check of this.checks) {
      const inputs = this.#inputs(check.tree);
      out.told[check.rule] = this.expressions.evaluate(check.tree, inputs).truth ?? null;
      if (out.told[check.rule] !== false) continue;
      const said = { rule: check.rule, cells: check.cells, sentence: this.#sentence(check, inputs) };
      (check.severity === "error" ? out.errors : out.warnings).push(said);
    }
    // A report in which nothing stands yet is no error; handing it on says what is missing.
    const entered = Object.keys(this.now).some((key) => this.rules.cells[key]?.kind !== "computed");
    if (!this.checked && !entered) out.errors = [];
    return out;
  }

  #word(key, period = "") {
    const figure = this.#figures(period)[key];
    if (figure?.value !== undefined) return shown(figure.value, this.rules.cells[key].decimals, this.rules.lang);
    return figure ? this.rules.words[figure.empty] ?? "?" : "?";
  }

  #sentence(check, inputs) {
    const own = check.cells[0] ?? "";
    const named = {
      label: () => this.rules.cells[own].label,
      value: () => this.#word(own),
      previous: () => this.#word(own, "prev"),
      year_before: () => this.#word(own, "year_before"),
      change: () => this.#change(own),
      narrative: () => "",
      difference: () => this.#difference(check.tree, inputs),
    };
    return check.sentence.replace(/\{([^{}]+)\}/g, (_all, name) => {
      const [key, period = ""] = name.split("@");
      return name in named ? named[name]() : this.#word(key, period);
    });
  }

  #change(key) {
    const amount = (figure) => (figure?.empty === 1 ? "0" : figure?.value); // where nothing arose, nothing
    const [now, then] = [amount(this.now[key]), amount(this.rules.prev[key])];
    if (now === undefined || then === undefined || !/[1-9]/.test(then)) return "?";
    const tree = ["change", ["number", now], ["number", then]];
    return shown(this.expressions.rounded(this.expressions.evaluate(tree, {}), 1), 1, this.rules.lang, true);
  }

  #difference(tree, inputs) {
    if (tree.length !== 3) return "?";
    const result = this.expressions.evaluate(["abs", ["-", tree[1], tree[2]]], inputs);
    const value = this.expressions.rounded(result, 2);
    return value === null ? "?" : shown(value.replace(/\.?0+$/, "") || "0", null, this.rules.lang);
  }
}
