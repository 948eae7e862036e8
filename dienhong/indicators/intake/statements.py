"""The statements of bulk intake. Each works on all rows at once; none is built from what was sent."""

from typing import Final, Literal

Convention = Literal["plain", "dot_thousands", "dot_decimal"]
"""plain: 1234.5 as machines write it. The other two as in base.numbers; a file says which one it follows."""

# Sign, digits with or without groups of three, decimals. What does not match is no number: nothing is guessed.
PATTERNS: Final[dict[Convention, str]] = {
    "plain": r"^[+-]?[0-9]+(\.[0-9]+)?$",
    "dot_thousands": r"^[+-]?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+)(,[0-9]+)?$",
    "dot_decimal": r"^[+-]?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]+)?$",
}
BARE: Final[dict[Convention, str]] = {
    "plain": "t.said",
    "dot_thousands": "replace(replace(t.said, '.', ''), ',', '.')",
    "dot_decimal": "replace(t.said, ',', '')",
}

RAW = """
CREATE TEMP TABLE intake_raw (
    line integer, ref text, unit text, period text, indicator text, breakdown text, measure smallint, typed text
) ON COMMIT DROP
"""
COPY_RAW = "COPY intake_raw (line, ref, unit, period, indicator, breakdown, measure, typed) FROM STDIN (FORMAT BINARY)"
RAW_TYPES = ["int4", "text", "text", "text", "text", "text", "int2", "text"]

# The wording of each indicator that holds now, its limits beside its id.
ENTRIES = """
CREATE TEMP TABLE intake_entry ON COMMIT DROP AS
SELECT DISTINCT ON (e.indicator_id) i.code, e.indicator_id, e.decimals, e.minimum, e.maximum, e.change_threshold
FROM indicators_entry e JOIN indicators_indicator i ON i.id = e.indicator_id
WHERE i.code IN (SELECT DISTINCT indicator FROM intake_raw)
ORDER BY e.indicator_id, e.known_at DESC NULLS FIRST, e.id DESC
"""

# Codes become ids, text becomes a value or a kind of empty (-1: blank), the first thing that is wrong is named.
# A unit's code is looked up on the last day of the row's period: 15 was Yên Bái, and is Lào Cai since 1 July 2025.
CELLS = """
CREATE TEMP TABLE intake_cell ON COMMIT DROP AS
SELECT r.line, r.ref, r.typed, e.indicator_id, p.id AS period_id, u.unit_id, b.id AS breakdown_id, r.measure,
    k.empty, n.value, e.change_threshold, CASE
        WHEN k.empty < 0 THEN NULL
        WHEN e.indicator_id IS NULL THEN 'indicator_unknown'
        WHEN p.id IS NULL THEN 'period_unknown'
        WHEN u.unit_id IS NULL THEN 'unit_unknown'
        WHEN b.id IS NULL THEN 'breakdown_unknown'
        WHEN r.measure NOT BETWEEN 0 AND 2 THEN 'measure_unknown'
        WHEN k.empty > 0 THEN NULL
        WHEN n.value IS NULL THEN 'not_a_number'
        WHEN n.value <= -1e20 OR n.value >= 1e20 THEN 'too_long'
        WHEN scale(n.value) > e.decimals AND n.value <> round(n.value, e.decimals) THEN 'too_many_decimals'
        WHEN n.value < e.minimum THEN 'below_minimum'
        WHEN n.value > e.maximum THEN 'above_maximum'
    END AS problem
FROM intake_raw r
LEFT JOIN intake_entry e ON e.code = r.indicator
LEFT JOIN indicators_period p ON p.calendar = %(calendar)s AND p.key = r.period
LEFT JOIN organizations_unitcode u ON u.scheme_id = %(scheme)s AND u.code = r.unit AND u.validity @> p.last
LEFT JOIN indicators_breakdown b ON b.key = r.breakdown
CROSS JOIN LATERAL (SELECT btrim(replace(r.typed, '−', '-'), E' \\t\\u00a0\\u202f') AS said OFFSET 0) t
CROSS JOIN LATERAL (SELECT CASE t.said
    WHEN '' THEN -1 WHEN '-' THEN 1 WHEN '–' THEN 1 WHEN '—' THEN 1 WHEN '…' THEN 2 WHEN '...' THEN 2 WHEN '..' THEN 2
    WHEN 'x' THEN 3 WHEN 'X' THEN 3 WHEN '!' THEN 4 ELSE 0 END AS empty OFFSET 0) k
CROSS JOIN LATERAL (SELECT CASE WHEN k.empty = 0 AND length(t.said) <= 60 AND t.said ~ '{pattern}'
    THEN trim_scale({bare}::numeric) END AS value OFFSET 0) n
"""

PROBLEMS = """
SELECT c.line, c.ref, c.typed, c.problem, r.unit, r.period, r.indicator, r.breakdown, e.decimals, e.minimum, e.maximum
FROM intake_cell c JOIN intake_raw r USING (line) LEFT JOIN intake_entry e ON e.code = r.indicator
WHERE c.problem IS NOT NULL ORDER BY c.line LIMIT %s
"""
COUNTS = """
SELECT count(*), count(*) FILTER (WHERE empty < 0), count(problem),
    count(*) FILTER (WHERE empty >= 0 AND problem IS NULL) FROM intake_cell
"""
TWICE = """
SELECT max(line), (array_agg(ref ORDER BY line DESC))[1], (array_agg(typed ORDER BY line DESC))[1],
    (array_agg(ref ORDER BY line))[1]
FROM intake_cell WHERE empty >= 0 AND problem IS NULL
GROUP BY indicator_id, period_id, unit_id, breakdown_id, measure HAVING count(*) > 1 ORDER BY 1 LIMIT %s
"""

WIDE = """
CREATE TEMP TABLE intake_wide ON COMMIT DROP AS
SELECT c.unit_id, c.period_id, min(c.line) AS line, (array_agg(c.ref ORDER BY c.line))[1] AS ref{columns}
FROM intake_cell c WHERE c.empty >= 0 GROUP BY c.unit_id, c.period_id
"""
# The figures of the periods before, once for all checks that look back.
BEFORE = """
CREATE TEMP TABLE intake_before ON COMMIT DROP AS
SELECT DISTINCT ON (o.indicator_id, o.period_id, o.unit_id, o.breakdown_id, o.measure)
    o.indicator_id, m.period_id, m.shift, o.unit_id, o.breakdown_id, o.measure, o.value, o.empty
FROM unnest(%(periods)s::bigint[], %(shifts)s::text[], %(others)s::bigint[]) AS m(period_id, shift, other_id)
JOIN indicators_observation o ON o.period_id = m.other_id AND o.indicator_id = ANY(%(indicators)s)
    AND o.source_id = %(source)s
JOIN indicators_publication p ON p.batch_id = o.batch_id
ORDER BY o.indicator_id, o.period_id, o.unit_id, o.breakdown_id, o.measure, o.batch_id DESC
"""
JUMPS = """
SELECT c.line, c.ref, c.typed, b.value, e.change_threshold
FROM intake_cell c JOIN intake_entry e USING (indicator_id)
JOIN intake_before b USING (indicator_id, period_id, unit_id, breakdown_id, measure)
WHERE b.shift = 'prev' AND c.empty = 0 AND b.empty = 0 AND b.value <> 0
    AND abs(c.value - b.value) * 100 > e.change_threshold * abs(b.value)
ORDER BY c.line LIMIT %s
"""
WRITE = """
INSERT INTO indicators_observation (indicator_id, period_id, unit_id, breakdown_id, measure, source_id, batch_id,
    value, empty, stage, ref, typed)
SELECT indicator_id, period_id, unit_id, breakdown_id, measure, %(source)s, %(batch)s, value, empty, %(stage)s,
    left(ref, 80), left(typed, 80)
FROM intake_cell WHERE empty >= 0
ORDER BY indicator_id, period_id, unit_id, breakdown_id, measure
"""
