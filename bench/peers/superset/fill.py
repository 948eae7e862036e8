"""Inside Superset's own environment: its database, dataset, charts and dashboards for the comparison.

`python fill.py` reads JSON {"url", "boards": {slug: [{"form", "indicator", "count"}, …]}} and makes what is asked for;
what was made before is made anew. Each tile becomes the chart type that Superset has for it, with its own ways of
asking: a SQL aggregate of the flat table, by month or by unit.
"""

import json
import sys
import uuid
from typing import Any

UNITS, MONTHS = "unit", "month"
SUM = {
    "expressionType": "SQL", "sqlExpression": "SUM(value)", "label": "total", "optionName": "metric_total",
}  # fmt: skip
LAST = "2020-12-01"


def asked(tile: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Superset's chart type and form data of one tile."""
    form, count = tile["form"], int(tile["count"])
    months = 2020 * 12 + 12 - count
    since = f"{months // 12}-{months % 12 + 1:02d}-01"
    only = {
        "expressionType": "SIMPLE", "clause": "WHERE", "subject": "indicator", "operator": "==", "operatorId": "EQUALS",
        "comparator": tile["indicator"],
    }  # fmt: skip
    time = {
        "expressionType": "SIMPLE", "clause": "WHERE", "subject": MONTHS, "operator": "TEMPORAL_RANGE",
        "comparator": f"{since} : 2021-01-01",
    }  # fmt: skip
    common: dict[str, Any] = {"adhoc_filters": [only, time], "row_limit": 10_000}
    by_month = {"x_axis": MONTHS, "time_grain_sqla": "P1M", "metrics": [SUM], "groupby": []}
    by_unit = {"x_axis": UNITS, "metrics": [SUM], "groupby": []}
    made: dict[str, tuple[str, dict[str, Any]]] = {
        "figure": ("big_number", {"x_axis": MONTHS, "time_grain_sqla": "P1M", "metric": SUM, "compare_lag": 1}),
        "line": ("echarts_timeseries_line", by_month),
        "bar": ("echarts_timeseries_bar", by_month),
        "ranking": (
            "table", {"query_mode": "aggregate", "groupby": [UNITS], "metrics": [SUM], "row_limit": 10,
                      "order_desc": True, "all_columns": [], "percent_metrics": []},
        ),
        # It has no tile map of Vietnam: sixty-three bars are as many marks.
        "map": ("echarts_timeseries_bar", by_unit),
        "heat": (
            "heatmap_v2", {"x_axis": MONTHS, "time_grain_sqla": "P1M", "groupby": UNITS, "metric": SUM,
                           "sort_x_axis": "alpha_asc", "sort_y_axis": "alpha_asc", "normalize_across": "heatmap",
                           "linear_color_scheme": "superset_seq_1", "xscale_interval": -1, "yscale_interval": -1,
                           "legend_type": "continuous"},
        ),
    }  # fmt: skip
    kind, params = made[form]
    return kind, {**common, **params, "viz_type": kind}


def position(charts: list[Any]) -> dict[str, Any]:
    """Four charts a row."""
    rows = [charts[n : n + 4] for n in range(0, len(charts), 4)]
    made: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]},
        "GRID_ID": {
            "id": "GRID_ID", "type": "GRID", "parents": ["ROOT_ID"], "children": [f"ROW-{n}" for n in range(len(rows))],
        },
    }  # fmt: skip
    for n, row in enumerate(rows):
        above = ["ROOT_ID", "GRID_ID"]
        made[f"ROW-{n}"] = {
            "id": f"ROW-{n}", "type": "ROW", "parents": above, "children": [f"CHART-{chart.id}" for chart in row],
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }  # fmt: skip
        for chart in row:
            made[f"CHART-{chart.id}"] = {
                "id": f"CHART-{chart.id}", "type": "CHART", "children": [], "parents": [*above, f"ROW-{n}"],
                "meta": {"chartId": chart.id, "width": 3, "height": 35, "uuid": str(chart.uuid),
                         "sliceName": chart.slice_name},
            }  # fmt: skip
    return made


def main() -> None:
    from superset.app import create_app

    wanted = json.load(sys.stdin)
    app = create_app()
    with app.app_context():
        from superset import db
        from superset.connectors.sqla.models import SqlaTable
        from superset.models.core import Database
        from superset.models.dashboard import Dashboard
        from superset.models.slice import Slice

        for old in (Dashboard, Slice, SqlaTable, Database):
            for row in db.session.query(old).all():
                db.session.delete(row)
            db.session.flush()
        source = Database(database_name="bench", cache_timeout=86400)
        source.set_sqlalchemy_uri(wanted["url"])
        db.session.add(source)
        db.session.flush()
        table = SqlaTable(table_name="bench_flat", schema="public", database=source)
        db.session.add(table)
        db.session.flush()
        table.fetch_metadata()
        table.main_dttm_col = MONTHS
        for slug, tiles in wanted["boards"].items():
            charts = []
            for number, tile in enumerate(tiles):
                kind, params = asked(tile)
                chart = Slice(
                    slice_name=f"{tile['form']} {number}", viz_type=kind, datasource_id=table.id,
                    datasource_type="table", datasource_name="bench_flat", uuid=uuid.uuid4(),
                    params=json.dumps(params | {"datasource": f"{table.id}__table"}),
                )  # fmt: skip
                db.session.add(chart)
                charts.append(chart)
            db.session.flush()
            board = Dashboard(
                dashboard_title=slug, slug=slug, published=True, slices=charts,
                position_json=json.dumps(position(charts)),
                json_metadata=json.dumps({"native_filter_configuration": []}),
            )  # fmt: skip
            db.session.add(board)
        db.session.commit()
    print(json.dumps({"boards": list(wanted["boards"])}))


if __name__ == "__main__":
    main()
