// A block of cells: chosen with Shift, copied as Excel copies, pasted as Excel pastes.

/** Text of the clipboard -> rows of values. A value in quotes may hold tabs and lines, as Excel writes them. */
export function rowsOf(text) {
  const rows = [[""]];
  let quoted = false;
  const clean = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let at = 0; at < clean.length; at += 1) {
    const sign = clean[at];
    const row = rows.at(-1);
    if (quoted) {
      if (sign !== '"') row[row.length - 1] += sign;
      else if (clean[at + 1] === '"') { row[row.length - 1] += '"'; at += 1; } else quoted = false;
    } else if (sign === '"' && row.at(-1) === "") quoted = true;
    else if (sign === "\t") row.push("");
    else if (sign === "\n") rows.push([""]);
    else row[row.length - 1] += sign;
  }
  return rows;
}

const written = (value) => (/[\t\n"]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
export const textOf = (rows) => rows.map((row) => row.map(written).join("\t")).join("\n");

/** The places of one form: rows of td.cell or td.blocked by column, headings left out. */
export class Places {
  constructor(td) {
    this.rows = [...td.closest("tbody").rows]
      .map((row) => [...row.querySelectorAll("td.cell, td.blocked")])
      .filter((row) => row.length);
    this.row = this.rows.findIndex((row) => row.includes(td));
    this.column = this.rows[this.row].indexOf(td);
  }

  at(down, right) {
    return this.rows[this.row + down]?.[this.column + right] ?? null;
  }

  find(td) {
    const row = this.rows.findIndex((each) => each.includes(td));
    return [row, row < 0 ? -1 : this.rows[row].indexOf(td)];
  }

  /** Every place between this one and another of the same form, as rows. */
  between(other) {
    const [row, column] = this.find(other);
    if (row < 0) return [[this.rows[this.row][this.column]]];
    const [top, bottom] = [Math.min(row, this.row), Math.max(row, this.row)];
    const [left, right] = [Math.min(column, this.column), Math.max(column, this.column)];
    return this.rows.slice(top, bottom + 1).map((each) => each.slice(left, right + 1));
  }

  /** The next place one can type in, in a direction; null at the edge. */
  next(down, right) {
    for (let step = 1; ; step += 1) {
      const td = this.at(down * step, right * step);
      if (!td) return null;
      if (td.querySelector("input, select")) return td;
    }
  }
}

export class Choice {
  constructor() {
    this.from = null;
    this.rows = [];
  }

  get many() {
    return this.rows.length > 1 || (this.rows[0]?.length ?? 0) > 1;
  }

  clear() {
    for (const td of this.rows.flat()) td.classList.remove("chosen");
    this.from = null;
    this.rows = [];
  }

  to(from, td) {
    const start = this.from ?? from;
    this.clear();
    this.from = start;
    this.rows = new Places(start).between(td);
    if (this.many) for (const each of this.rows.flat()) each.classList.add("chosen");
  }
}
