//! What a single case cannot show, and is searched: the fields with a documented limit, and requests of any size for
//! them. What was found is for the engine; here stands only what can be asked.

use super::case::{Case, ClaimTemplate, Step};
use super::derive::{Change, apply};
use super::size::Sizes;
use super::value::Scope;
use crate::api::{Api, Captured, Field, Level, Shape, Tree};
use crate::expectation::{Expectation, ExpectedOutcome};
use crate::target::Declared;

/// How far beyond its documented end a limit is searched.
const FAR: i64 = 4;

/// One search: what is asked of one field.
#[derive(Clone, Debug)]
pub struct Search {
    /// What is asked.
    pub sought: Sought,
    /// The ends that are documented: one, or the greatest and the least of a range. Never empty.
    pub ends: Vec<End>,
    template: Case,
    path: String,
    sizes: Sizes,
}

/// What a search asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sought {
    /// Where the limits really are.
    Limit,
    /// What a length counts; for texts that may have any characters.
    Unit,
    /// Whether the prefix of a key, of so many characters, counts toward its limit.
    Prefix(i64),
}

/// One documented end: sizes up to `documented` are accepted, from `over` on they are refused.
///
/// The least of a range is turned round, so that what it accepts lies below it too: 0 and -1 are 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// Which end.
    pub side: EndSide,
    /// The last documented size.
    pub documented: i64,
    /// The first size that is refused under every reading of the document.
    pub over: i64,
    /// The smallest size that can be asked for.
    pub least: i64,
    /// The greatest size that is asked for.
    pub far: i64,
}

/// Which end of what is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndSide {
    /// The only one: of a length or a count.
    Only,
    /// The greatest number.
    Greatest,
    /// The least number.
    Least,
}

impl EndSide {
    /// The number that a size of this end stands for, and the size that a number does.
    #[must_use]
    pub fn turned(self, size: i64) -> i64 {
        match self {
            Self::Only | Self::Greatest => size,
            Self::Least => -size,
        }
    }
}

impl Search {
    /// The case as which the search is reported, with its address, `rongcloud/search/limit[field=name]`, and why it is
    /// skipped; what it sends has still the value of the plain request.
    #[must_use]
    pub fn case(&self) -> &Case {
        &self.template
    }

    /// The request with a value of this size; `None` when there is no such value.
    #[must_use]
    pub fn of_size(&self, size: i64) -> Option<Case> {
        let (path, value) = self.sizes.value(&self.path, size)?;
        self.with(&path, value, size.to_string())
    }

    /// The request with this text.
    #[must_use]
    pub fn of_text(&self, text: &str, step: String) -> Option<Case> {
        let value = Tree::Text(crate::api::Text::literal(text));
        self.with(&self.path, value, step)
    }

    fn with(&self, path: &str, value: Tree, step: String) -> Option<Case> {
        let mut case = self.template.clone();
        let only = case.steps.first_mut()?;
        apply(&mut only.request.content, path, &Change::Put(value)).ok()?;
        only.name = Some(step);
        Some(case)
    }
}

/// All searches for one api, in the order of its fields; the plain request is what each of them changes.
#[must_use]
pub(super) fn searches(api: &Api, declared: &Declared, plain: &Case) -> Vec<Search> {
    let mut found = Vec::new();
    for (path, field) in &api.fields {
        let maker = Maker { api, declared, plain, path, field };
        found.extend(maker.limit());
        found.extend(maker.unit());
        found.extend(maker.prefix());
    }
    found
}

struct Maker<'a> {
    api: &'a Api,
    declared: &'a Declared,
    plain: &'a Case,
    path: &'a str,
    field: &'a Field,
}

impl Maker<'_> {
    fn limit(&self) -> Option<Search> {
        let what = if self.field.count.is_some() { "count" } else { "limit" };
        self.search(Sought::Limit, what, "where the limits of fields really are")
    }

    fn unit(&self) -> Option<Search> {
        let free = self.field.length.is_some() && self.field.shape == Shape::Free;
        free.then(|| self.search(Sought::Unit, "unit", "what the length of a text counts"))?
    }

    /// Only where the document leaves room for both: the first length over the limit is not the next one.
    fn prefix(&self) -> Option<Search> {
        let prefix = self.field.alphabet.as_ref()?.prefix.as_deref()?;
        let length = self.field.length.as_ref()?;
        length.over.filter(|over| *over > length.max + 1)?;
        let sought = Sought::Prefix(number(prefix.chars().count()));
        self.search(sought, "prefix", "whether the prefix of a key counts toward its limit")
    }

    fn search(&self, sought: Sought, what: &str, characteristic: &str) -> Option<Search> {
        let (sizes, names) = Sizes::of(self.api, self.declared, self.plain, self.path, self.field)?;
        let ends = self.ends(&sizes)?;
        let name = self.path.rsplit('.').find(|part| *part != "*").unwrap_or(self.path);
        let mut template = self.plain.clone();
        template.address = format!("{}/search/{what}[field={name}]", self.api.name);
        template.about = None;
        template.skip = names.skip;
        template.characteristic = Some(characteristic.to_owned());
        template.assumed.extend(self.assumed(names.assumed));
        template.steps = vec![self.step(sought)?];
        let path = names.path.unwrap_or_else(|| self.path.to_owned());
        Some(Search { sought, ends, template, path, sizes })
    }

    /// The plain request, of which nothing is demanded.
    fn step(&self, sought: Sought) -> Option<Step> {
        let mut step = self.plain.steps.first()?.with_captures(&Captured::new());
        let fixed = Expectation { outcome: ExpectedOutcome::Any, ..Expectation::default() };
        let requirement = self.requirement(sought).map(ToOwned::to_owned);
        step.claims = vec![ClaimTemplate { requirement, level: Level::Observe, fixed, json: None, json_exactly: None }];
        Some(step)
    }

    /// What a limit counts is another question than where it is.
    fn requirement(&self, sought: Sought) -> Option<&str> {
        let open = self.field.length.as_ref().and_then(|length| length.open.as_deref());
        if matches!(sought, Sought::Unit | Sought::Prefix(_)) && open.is_some() {
            return open;
        }
        let length = self.field.length.as_ref().map(|length| length.requirement.as_str());
        let range = self.field.range.as_ref().map(|range| range.requirement.as_str());
        length.or(range).or(self.field.count.as_ref().map(|count| count.requirement.as_str()))
    }

    fn assumed(&self, names: Option<String>) -> impl Iterator<Item = String> {
        let count = self.field.count.as_ref().and_then(|count| count.declaration.clone());
        let count = count.filter(|fact| !self.declared.declares(fact));
        names.into_iter().chain(count)
    }

    fn ends(&self, sizes: &Sizes) -> Option<Vec<End>> {
        if let Some(range) = &self.field.range {
            let width = (range.max - range.min).max(1);
            let end = |side: EndSide, documented: i64, other: i64| End {
                side,
                documented: side.turned(documented),
                over: side.turned(documented) + 1,
                least: side.turned(other),
                far: side.turned(documented) + (FAR - 1) * width,
            };
            let greatest = end(EndSide::Greatest, range.max, range.min);
            return Some(vec![greatest, end(EndSide::Least, range.min, range.max)]);
        }
        let scope = Scope::new(self.api, self.declared, serde_json::Map::new());
        let (documented, over) = scope.limit(self.path).ok()?;
        let least = sizes.least(self.path, documented);
        Some(vec![End { side: EndSide::Only, documented, over, least, far: FAR * documented }])
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// What a list of names that must be configured means for a search.
#[derive(Default)]
pub(super) struct Names {
    /// Where the value goes, when the field's own path has no place in the plain request.
    pub(super) path: Option<String>,
    /// The fact that is assumed.
    pub(super) assumed: Option<String>,
    /// Why nothing can be sent.
    pub(super) skip: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Suite;

    fn of(api: &str, declared: &Declared) -> Vec<Search> {
        let suite = Suite::embedded().unwrap();
        suite.searches(&suite.apis[api], declared).unwrap()
    }

    #[test]
    fn every_limited_field_is_searched_and_each_address_stands_once() {
        for (api, limits) in [("rongcloud", 12), ("nexconn", 12), ("tencent", 2)] {
            let found = of(api, &Declared::default());
            let count = found.iter().filter(|search| search.sought == Sought::Limit).count();
            assert_eq!(count, limits, "{api}");
            let mut addresses: Vec<_> = found.iter().map(|search| &search.case().address).collect();
            let all = addresses.len();
            addresses.sort_unstable();
            addresses.dedup();
            assert_eq!(addresses.len(), all, "{addresses:?}");
        }
    }

    #[test]
    fn every_end_can_be_asked_for_at_each_of_its_sizes() {
        for api in ["rongcloud", "nexconn", "tencent"] {
            for search in of(api, &Declared::default()) {
                for end in &search.ends {
                    assert!(end.least <= end.documented && end.documented < end.over && end.over <= end.far);
                    for size in [end.least, end.documented, end.over, end.far] {
                        assert!(search.of_size(size).is_some(), "{} has no {size}", search.case().address);
                    }
                }
            }
        }
    }

    #[test]
    fn what_needs_names_or_users_that_a_target_has_not_is_skipped() {
        let mut declared = Declared { users: Some(vec!["one".into()]), ..Declared::default() };
        declared.facts.insert("ext_keys".into(), serde_json::json!(["ext_mine"]));
        let skipped = |api: &str| -> Vec<String> {
            let all = of(api, &declared);
            let skipped = all.iter().map(Search::case).filter(|case| case.skip.is_some());
            skipped.map(|case| case.address.clone()).collect()
        };
        let of_keys = ["count[field=userExtProfile]", "limit[field=key]", "prefix[field=key]"];
        assert_eq!(skipped("rongcloud"), of_keys.map(|name| format!("rongcloud/search/{name}")));
        assert_eq!(skipped("tencent"), ["tencent/search/count[field=UserAttrs]"]);
        let mut all = of("rongcloud", &declared).into_iter();
        let value = all.find(|one| one.case().address.ends_with("unit[field=userExtProfile]")).unwrap();
        let content = value.of_text("山", "one".into()).unwrap().steps[0].request.content.clone();
        assert_eq!(content.fill(&|_| "u").pointer("/userExtProfile/ext_mine").unwrap(), "山");
    }
}
