//! From values to the paths, rectangles and places of labels of a drawing.

use std::fmt::Write as _;

use super::spec::{Chart, Heat, Ink, Series, Shape, Value};
use super::table::{Table, table};

/// The drawing's size, and the ends of its axes.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Frame {
    pub(in crate::report) width: f64,
    pub(in crate::report) height: f64,
    pub(in crate::report) left: f64,
    pub(in crate::report) right: f64,
    pub(in crate::report) top: f64,
    pub(in crate::report) bottom: f64,
}

/// The same for all charts, so that they stand in line.
const FRAME: Frame = Frame { width: 640.0, height: 300.0, left: 74.0, right: 622.0, top: 22.0, bottom: 254.0 };
/// The room of a letter, in the larger writing of narrow screens.
const LETTER: f64 = 9.0;
/// The width of a stretch of no length.
const LINE: f64 = 1.5;
/// How many shades a heat map has.
const SHADES: f64 = 6.0;

/// A place in the drawing.
type Point = (f64, f64);
/// A value with its place, where there is one.
type Placed = (Option<Point>, Option<Value>);

/// Up to so many values each has a mark.
const FEW: usize = 40;

/// A chart, measured out.
#[derive(Debug)]
pub(in crate::report) struct Drawing {
    pub(in crate::report) frame: Frame,
    pub(in crate::report) id: &'static str,
    pub(in crate::report) title: String,
    pub(in crate::report) about: String,
    pub(in crate::report) note: String,
    pub(in crate::report) x_label: &'static str,
    pub(in crate::report) y_label: &'static str,
    pub(in crate::report) x_ticks: Vec<Tick>,
    pub(in crate::report) y_ticks: Vec<Tick>,
    pub(in crate::report) bands: Vec<Stretch>,
    pub(in crate::report) shades: Vec<Shade>,
    pub(in crate::report) heat_name: String,
    pub(in crate::report) lines: Vec<Line>,
    pub(in crate::report) rules: Vec<RuleLine>,
    pub(in crate::report) legend: Vec<Entry>,
    /// Where the places of the grid stand, for hovering.
    pub(in crate::report) stops: String,
    /// Both scales, for whoever reads values back.
    pub(in crate::report) x_scale: String,
    pub(in crate::report) y_scale: String,
    pub(in crate::report) table: Table,
}

/// A tick of an axis.
#[derive(Debug)]
pub(in crate::report) struct Tick {
    pub(in crate::report) at: String,
    pub(in crate::report) label: String,
}

/// A stretch along the bottom.
#[derive(Debug)]
pub(in crate::report) struct Stretch {
    pub(in crate::report) x: String,
    pub(in crate::report) width: String,
    pub(in crate::report) name: String,
    /// Where its name stands; nowhere without room.
    pub(in crate::report) label: Option<String>,
    pub(in crate::report) is_grey: bool,
}

/// The cells of one shade of a heat map.
#[derive(Debug)]
pub(in crate::report) struct Shade {
    pub(in crate::report) level: u8,
    pub(in crate::report) cells: Vec<Rect>,
}

/// A rectangle with what it counts.
#[derive(Debug)]
pub(in crate::report) struct Rect {
    pub(in crate::report) x: String,
    pub(in crate::report) y: String,
    pub(in crate::report) width: String,
    pub(in crate::report) height: String,
    pub(in crate::report) count: u64,
}

/// A series as a path.
#[derive(Debug)]
pub(in crate::report) struct Line {
    pub(in crate::report) name: String,
    pub(in crate::report) ink: Ink,
    /// `line`, `dots` or `bars`.
    pub(in crate::report) class: &'static str,
    pub(in crate::report) path: String,
    /// The part whose true values may be higher.
    pub(in crate::report) bound: String,
    /// Centres of marks.
    pub(in crate::report) marks: Vec<(String, String)>,
}

/// A rule as a line with a label.
#[derive(Debug)]
pub(in crate::report) struct RuleLine {
    pub(in crate::report) y: String,
    pub(in crate::report) label: String,
    /// Where the one place stands that it binds.
    pub(in crate::report) only_at: Option<String>,
    /// Whether the label stands below the line, because there is no room above it.
    pub(in crate::report) is_below: bool,
}

/// A line of the legend.
#[derive(Debug)]
pub(in crate::report) struct Entry {
    pub(in crate::report) name: String,
    pub(in crate::report) ink: Ink,
    pub(in crate::report) class: &'static str,
}

/// Measures a chart out.
pub(in crate::report) fn draw(chart: &Chart) -> Drawing {
    let room = Room { chart };
    let mut below = vec![0.0; chart.grid.len()];
    let lines: Vec<Line> = chart.series.iter().map(|series| room.line(series, &mut below)).collect();
    let tick = |label: String, at: f64| Tick { at: short(at), label };
    Drawing {
        frame: FRAME,
        id: chart.id,
        title: chart.title.clone(),
        about: chart.about.clone(),
        note: chart.note.clone(),
        x_label: chart.x.label,
        y_label: chart.y.label,
        x_ticks: chart.x.scale.ticks().into_iter().map(|at| tick(chart.x.unit.tick(at), room.x(at))).collect(),
        y_ticks: chart.y.scale.ticks().into_iter().map(|at| tick(chart.y.unit.tick(at), room.y(at))).collect(),
        bands: room.bands(),
        shades: chart.heat.as_ref().map(|heat| room.shades(heat)).unwrap_or_default(),
        heat_name: chart.heat.as_ref().map(|heat| heat.name.clone()).unwrap_or_default(),
        legend: lines.iter().map(|line| Entry { name: line.name.clone(), ink: line.ink, class: line.class }).collect(),
        lines,
        rules: room.rules(),
        stops: chart.grid.iter().map(|at| short(room.middle(*at))).collect::<Vec<_>>().join(" "),
        x_scale: format!("{} {} {}", chart.x.scale.data(), FRAME.left, FRAME.right),
        y_scale: format!("{} {} {}", chart.y.scale.data(), FRAME.bottom, FRAME.top),
        table: table(chart),
    }
}

/// A chart with the room that its drawing has.
struct Room<'a> {
    chart: &'a Chart,
}

impl Room<'_> {
    fn x(&self, value: f64) -> f64 {
        FRAME.left + (FRAME.right - FRAME.left) * self.chart.x.scale.share(value)
    }

    fn y(&self, value: f64) -> f64 {
        FRAME.bottom + (FRAME.top - FRAME.bottom) * self.chart.y.scale.share(value)
    }

    /// The width of a bar in values: the smallest distance of two places.
    fn slot(&self) -> f64 {
        let gaps = self.chart.grid.windows(2).map(|pair| pair[1] - pair[0]);
        let least = gaps.fold(f64::INFINITY, f64::min);
        if least.is_finite() { least } else { 1.0 }
    }

    fn has_slots(&self) -> bool {
        let steps = |series: &Series| matches!(series.shape, Shape::Bars | Shape::Steps);
        self.chart.heat.is_some() || self.chart.series.iter().any(steps)
    }

    /// Where hovering shows a place: its middle, where values fill the room up to the next one.
    fn middle(&self, place: f64) -> f64 {
        if self.has_slots() { self.x(place + self.slot() / 2.0) } else { self.x(place) }
    }

    fn line(&self, series: &Series, below: &mut [f64]) -> Line {
        let class = if series.shape == Shape::Bars { "bars" } else { "line" };
        let mut line = Line {
            name: series.name.clone(),
            ink: series.ink,
            class,
            path: String::new(),
            bound: String::new(),
            marks: Vec::new(),
        };
        match series.shape {
            Shape::Bars => line.path = self.bars(series, below),
            Shape::Steps => line.path = self.steps(series),
            Shape::Dots => {
                line.class = "dots";
                line.marks = marks(&self.points(series));
            }
            Shape::Line | Shape::Marks => {
                let points = self.points(series);
                line.path = path(points.iter().map(|(point, value)| point.filter(|_| !value_is_bound(*value))));
                line.bound = path(bound_points(&points).into_iter());
                if points.len() <= FEW || series.shape == Shape::Marks {
                    line.marks = marks(&points);
                }
            }
        }
        line
    }

    fn points(&self, series: &Series) -> Vec<Placed> {
        let places = self.chart.grid.iter().zip(&series.values);
        places.map(|(at, value)| (value.map(|value| (self.middle(*at), self.y(value.value))), *value)).collect()
    }

    fn steps(&self, series: &Series) -> String {
        let slot = self.slot();
        let points = self.chart.grid.iter().zip(&series.values).flat_map(|(at, value)| {
            let y = value.map(|value| self.y(value.value));
            [y.map(|y| (self.x(*at), y)), y.map(|y| (self.x(*at + slot), y))]
        });
        path(points)
    }

    fn bars(&self, series: &Series, below: &mut [f64]) -> String {
        let slot = self.slot();
        let mut path = String::new();
        for ((at, value), below) in self.chart.grid.iter().zip(&series.values).zip(below) {
            let Some(value) = value.filter(|value| value.value > 0.0) else { continue };
            let (foot, head) = (self.y(*below), self.y(*below + value.value));
            *below += value.value;
            let (left, right) = (self.x(*at), self.x(*at + slot));
            let (left, width) = (short(left), short(right - left));
            let _ = write!(path, "M{left} {}V{}h{width}V{}z", short(foot), short(head), short(foot));
        }
        path
    }

    #[expect(clippy::cast_precision_loss, reason = "letters of a name")]
    fn bands(&self) -> Vec<Stretch> {
        let mut free = FRAME.left;
        let mut bands = Vec::new();
        for (index, band) in self.chart.bands.iter().enumerate() {
            let (from, to) = (self.x(band.from), self.x(band.to));
            let next = self.chart.bands.get(index + 1).map_or(FRAME.width, |next| self.x(next.from));
            let (label, room) = (from.max(free), band.name.chars().count() as f64 * LETTER);
            // A name that has no room stands nowhere; the first one may reach beyond its end.
            let has_room = label + room <= next || (index == 0 && label + room <= FRAME.right);
            free = if has_room { label + room } else { free };
            bands.push(Stretch {
                x: short(from),
                // What is no wider than a line is drawn as one.
                width: short((to - from).max(LINE)),
                label: has_room.then(|| short(label)),
                name: band.name.clone(),
                is_grey: band.is_grey,
            });
        }
        bands
    }

    fn rules(&self) -> Vec<RuleLine> {
        let mut taken: Vec<f64> = Vec::new();
        let rules = self.chart.rules.iter().map(|rule| {
            let y = self.y(rule.at);
            let is_below = y < FRAME.top + 18.0 || taken.iter().any(|other| (other - y).abs() < 14.0);
            taken.push(y);
            let only_at = rule.only_at.map(|at| short(self.x(at)));
            RuleLine { y: short(y), label: rule.label.clone(), only_at, is_below }
        });
        rules.collect()
    }

    #[expect(clippy::cast_precision_loss, reason = "shades of counts")]
    fn shades(&self, heat: &Heat) -> Vec<Shade> {
        let most = heat.cells.iter().map(|cell| cell.count).max().unwrap_or(1) as f64;
        let mut shades: Vec<Shade> = (1..=6).map(|level| Shade { level, cells: Vec::new() }).collect();
        for cell in &heat.cells {
            let darkness = if most > 1.0 { (cell.count as f64).ln() / most.ln() } else { 1.0 };
            let place = shades.iter().rposition(|shade| darkness >= f64::from(shade.level - 1) / SHADES).unwrap_or(0);
            let (left, right) = (self.x(cell.x), self.x(cell.x + heat.width));
            let (foot, head) = (self.y(cell.y.0), self.y(cell.y.1));
            shades[place].cells.push(Rect {
                x: short(left),
                y: short(head),
                width: short(right - left),
                height: short(foot - head),
                count: cell.count,
            });
        }
        shades
    }
}

fn marks(points: &[Placed]) -> Vec<(String, String)> {
    points.iter().filter_map(|(point, _)| *point).map(|(x, y)| (short(x), short(y))).collect()
}

fn value_is_bound(value: Option<Value>) -> bool {
    value.is_some_and(|value| value.at_least)
}

/// The points whose true values may be higher, each stretch begun at the last exact one.
fn bound_points(points: &[Placed]) -> Vec<Option<Point>> {
    let is_bound = |index: usize| points.get(index).is_some_and(|(_, value)| value_is_bound(*value));
    (0..points.len()).map(|index| points[index].0.filter(|_| is_bound(index) || is_bound(index + 1))).collect()
}

/// A path through points; where one is missing it is broken.
fn path(points: impl Iterator<Item = Option<Point>>) -> String {
    let (mut path, mut pen) = (String::new(), 'M');
    for point in points {
        match point {
            Some((x, y)) => {
                let _ = write!(path, "{pen}{} {}", short(x), short(y));
                pen = 'L';
            }
            None => pen = 'M',
        }
    }
    path
}

/// A tenth of a unit is less than anybody sees.
fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), ToOwned::to_owned)
}
