"""Opens the histogram log and the percentile tables of a load run with an independent implementation of HdrHistogram.

Usage: histograms.py DIRECTORY, the report directory of a run without a warm-up in which every reply was as expected.
"""

import json
import pathlib
import sys

from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader

from expect import conclude, expect

HOUR = 3_600_000_000_000
MILLISECOND = 1_000_000.0
TABLES = {"response": "response.hgrm", "service": "service.hgrm", "lag": "lag.hgrm", "wait": "wait.hgrm"}


def empty():
    return HdrHistogram(1, HOUR, 3)


def logged(path):
    """The values of each measure over all seconds, phases and cases, and how many lines the log has."""
    sums, lines = {}, 0
    reader = HistogramLogReader(str(path), empty())
    while interval := reader.get_next_interval_histogram():
        measure = interval.get_tag().split("/")[0]
        sums.setdefault(measure, empty()).add(interval)
        lines += 1
    return sums, lines


def rows(text):
    """Value, share and count of each row of a percentile table, without its heading and its last comments."""
    cells = [line.split() for line in text.splitlines() if line[:1] == " " and "Percentile" not in line]
    return [(float(value), float(share), int(count)) for value, share, count, *_ in cells]


def main():
    directory = pathlib.Path(sys.argv[1])
    record = json.loads((directory / "report.json").read_text())
    sums, lines = logged(directory / "load.hlog")
    seconds = len(record["seconds"])
    expect(f"load.hlog has lines for each of {seconds} seconds", lines >= seconds, True)
    for summary in record["measures"]:
        measure = summary["measure"]
        histogram = sums[measure]
        expect(f"{measure}: count", histogram.get_total_count(), summary["count"])
        for percentile in summary["percentiles"]:
            share, nanos = percentile["of_100_000"] / 1_000, percentile["ns"]
            found = histogram.get_value_at_percentile(share)
            expect(f"{measure}: p{share:g}", found, nanos)
        table = rows((directory / TABLES[measure]).read_text())
        expect(f"{TABLES[measure]}: the count of its last row", table[-1][2], summary["count"])
        counts = cumulative(histogram)
        wrong = [row for row in table if not holds(row, counts)]
        expect(f"{TABLES[measure]}: which of its {len(table)} rows do not hold", wrong, [])
    conclude()


def cumulative(histogram):
    """Every value in milliseconds, with how many are not above it."""
    steps = histogram.get_recorded_iterator()
    return [(step.value_iterated_to / MILLISECOND, step.total_count_to_this_value) for step in steps]


def holds(row, counts):
    """Whether so many values are not above that of the row, and enough of all for its share."""
    value, share, count = row
    known = any(abs(value - other) <= 0.0006 and count == to_here for other, to_here in counts)
    return known and count >= share * counts[-1][1] - 1e-6


main()
