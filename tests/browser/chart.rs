//! A chart as the browser has it: its table, and the values that its lines and bars stand for, read back by its scales.

use serde::Deserialize;

/// A chart of a page.
#[derive(Debug, Deserialize)]
pub(crate) struct Chart {
    pub(crate) id: String,
    x: String,
    y: String,
    pub(crate) marks: Vec<String>,
    pub(crate) rules: Vec<String>,
    pub(crate) note: String,
    described: bool,
    stops: Vec<f64>,
    /// The places of the table's rows, as they read.
    pub(crate) places: Vec<String>,
    series: Vec<Series>,
    /// The counts of a heat map.
    pub(crate) cells: Vec<u64>,
}

#[derive(Debug, Deserialize)]
struct Series {
    name: String,
    kind: String,
    values: Vec<Option<f64>>,
    paths: Vec<String>,
    dashes: String,
}

/// A scale with the ends of its axis in the drawing.
struct Scale {
    kind: String,
    from: f64,
    to: f64,
    begin: f64,
    end: f64,
}

impl Scale {
    fn read(text: &str) -> Self {
        let words: Vec<&str> = text.split(' ').collect();
        let number = |index: usize| words[index].parse::<f64>().unwrap();
        Self { kind: words[0].to_owned(), from: number(1), to: number(2), begin: number(3), end: number(4) }
    }

    /// The value that stands at a place.
    fn value(&self, place: f64) -> f64 {
        let share = (place - self.begin) / (self.end - self.begin);
        match self.kind.as_str() {
            "linear" => self.from + share * (self.to - self.from),
            "log" => self.from * (self.to / self.from).powf(share),
            "nines" => 1.0 - 10f64.powf(-share * self.to),
            other => panic!("no such scale: {other}"),
        }
    }

    /// Whether a place stands for a value: within what a tenth of a unit can tell, and held at the ends.
    fn stands_for(&self, place: f64, value: f64) -> bool {
        let (low, high) = (self.value(place + 0.15), self.value(place - 0.15));
        let held = value.clamp(self.from.min(self.to), self.from.max(self.to));
        held >= low.min(high) - 1e-9 && held <= low.max(high) + 1e-9
    }
}

impl Chart {
    /// The values of a series in the table behind the chart.
    pub(crate) fn values(&self, name: &str) -> &[Option<f64>] {
        &self.series(name).values
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.series.iter().map(|series| series.name.as_str()).collect()
    }

    fn series(&self, name: &str) -> &Series {
        let found = self.series.iter().find(|series| series.name == name);
        found.unwrap_or_else(|| panic!("{} has no {name}: {:?}", self.id, self.names()))
    }

    /// The drawing says the same as the table, no two series look alike without colours, and there is a text for it.
    pub(crate) fn is_true(&self) {
        assert!(self.described, "{} has no text alternative", self.id);
        assert_eq!(self.stops.len(), self.places.len(), "{}", self.id);
        let mut looks: Vec<&str> = self.series.iter().map(|series| series.dashes.as_str()).collect();
        looks.sort_unstable();
        looks.dedup();
        assert_eq!(looks.len(), self.series.len(), "{}: two series look alike: {looks:?}", self.id);
        let y = Scale::read(&self.y);
        assert!(Scale::read(&self.x).end > 500.0);
        let mut below = vec![0.0; self.places.len()];
        for series in &self.series {
            match series.kind.as_str() {
                "bars" => self.bars_are_true(series, &y, &mut below),
                _ => self.line_is_true(series, &y),
            }
        }
    }

    fn bars_are_true(&self, series: &Series, y: &Scale, below: &mut [f64]) {
        let bars: Vec<&str> = series.paths[0].split('M').filter(|bar| !bar.is_empty()).collect();
        let shown = series.values.iter().enumerate().filter(|(_, value)| value.is_some_and(|value| value > 0.0));
        let shown: Vec<(usize, f64)> = shown.map(|(index, value)| (index, value.unwrap())).collect();
        assert_eq!(bars.len(), shown.len(), "{}: {}", self.id, series.name);
        for (bar, (index, value)) in bars.iter().zip(shown) {
            let (foot, rest) = bar.split_once(' ').unwrap().1.split_once('V').unwrap();
            let head: f64 = rest.split('h').next().unwrap().parse().unwrap();
            let foot: f64 = foot.parse().unwrap();
            assert!(y.stands_for(foot, below[index]), "{}: {} begins at {foot}", self.id, series.name);
            below[index] += value;
            assert!(y.stands_for(head, below[index]), "{}: {} {index} ends at {head}: {value}", self.id, series.name);
        }
    }

    /// Every value has its point, in the order of the places; a line of steps has two at the same height.
    fn line_is_true(&self, series: &Series, y: &Scale) {
        let mut points: Vec<(f64, f64)> = series.paths.iter().flat_map(|path| points(path)).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (index, value) in series.values.iter().enumerate() {
            let Some(value) = value else { continue };
            // A step spans its place, a line goes through it.
            let stop = self.stops[index];
            let near = points.iter().filter(|(x, _)| (x - stop).abs() <= self.slot() / 2.0 + 0.15);
            let found = near.clone().any(|(_, place)| y.stands_for(*place, *value));
            let near: Vec<_> = near.map(|(x, place)| (x, y.value(*place))).collect();
            assert!(found || points.is_empty(), "{}: {} {index} is {value}, drawn {near:?}", self.id, series.name);
        }
    }

    fn slot(&self) -> f64 {
        self.stops.windows(2).map(|pair| pair[1] - pair[0]).fold(600.0, f64::min)
    }
}

fn points(path: &str) -> Vec<(f64, f64)> {
    let pairs = path.split(['M', 'L']).filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once(' ').unwrap()).map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).collect()
}
