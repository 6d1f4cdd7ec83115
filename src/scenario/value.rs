//! Variables and the `$` words that make values: from what people write to a [`Tree`] with slots.
//!
//! `${x}` alone keeps the type of `x`; inside a text it is written out. Names, in the order of look-up: slots
//! (`user`, `unique`, `random`), the counters of `$repeat` (`i`, `account`), variables of the case, `declared.NAME`,
//! `max:FIELD` and `over:FIELD`, `list:NAME` (the first of a list of the api is `list:NAME.0`), captures.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::format::{EntriesWord, RepeatWord, TextWord};
use super::text::generate;
use crate::api::{Api, Text, TextPart, Tree, Unit};
use crate::exchange::Slot;
use crate::target::Declared;

/// Whether `$` words that belong to matchers are let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// In what is sent: only words that make values.
    Making,
    /// In what is expected: matchers too.
    Matching,
}

/// Everything a variable can stand for.
pub(super) struct Scope<'a> {
    pub(super) api: &'a Api,
    pub(super) declared: &'a Declared,
    pub(super) variables: Map<String, Value>,
    pub(super) captures: BTreeSet<String>,
    /// The names that were looked up, so that unused variables can be told.
    pub(super) used: RefCell<BTreeSet<String>>,
    /// How many accounts beyond the user were asked for.
    pub(super) accounts: RefCell<usize>,
    /// What the target lacks for the case, by its own declaration.
    pub(super) lacking: RefCell<Option<String>>,
    turn: Option<usize>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(api: &'a Api, declared: &'a Declared, variables: Map<String, Value>) -> Self {
        let (used, accounts, lacking) = (RefCell::default(), RefCell::default(), RefCell::default());
        Self { api, declared, variables, captures: BTreeSet::new(), used, accounts, lacking, turn: None }
    }

    fn in_turn(&self, turn: usize) -> Scope<'a> {
        Scope {
            variables: self.variables.clone(),
            captures: self.captures.clone(),
            turn: Some(turn),
            ..Scope::new(self.api, self.declared, Map::new())
        }
    }

    /// Resolves a value.
    ///
    /// # Errors
    /// Unknown variables and words, and texts that cannot be made.
    pub(super) fn tree(&self, value: &Value, words: Words) -> Result<Tree, String> {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(Tree::from(value)),
            Value::String(text) => self.text_or_value(text, words),
            Value::Array(list) => {
                list.iter().map(|value| self.tree(value, words)).collect::<Result<_, _>>().map(Tree::Array)
            }
            Value::Object(members) => self.object(members, words),
        }
    }

    /// Resolves a value that must not hold slots.
    ///
    /// # Errors
    /// As [`Scope::tree`], and a slot where none can be.
    pub(super) fn plain(&self, value: &Value, words: Words) -> Result<Value, String> {
        plain(&self.tree(value, words)?)
    }

    /// Resolves a text.
    ///
    /// # Errors
    /// As [`Scope::tree`].
    pub(super) fn text(&self, text: &str) -> Result<Text, String> {
        match self.text_or_value(text, Words::Making)? {
            Tree::Text(text) => Ok(text),
            other => Ok(Text::literal(plain(&other)?.to_string())),
        }
    }

    fn object(&self, members: &Map<String, Value>, words: Words) -> Result<Tree, String> {
        if let Some((word, argument)) = word(members) {
            return self.word(word, argument, words);
        }
        let member = |(key, value): (&String, &Value)| {
            let key = self.text(key)?.as_literal().map(ToOwned::to_owned);
            let key = key.ok_or("a key cannot hold a slot such as `${user}`")?;
            Ok((key, self.tree(value, words)?))
        };
        members.iter().map(member).collect::<Result<_, String>>().map(Tree::Object)
    }

    fn word(&self, word: &str, argument: &Value, words: Words) -> Result<Tree, String> {
        match word {
            "$text" => {
                let text: TextWord = decode(word, self.plain(argument, Words::Making)?)?;
                let unit = text.unit.unwrap_or(Unit::Characters);
                generate(text.shape, text.of, text.length, unit, &text.prefix).map(Tree::Text)
            }
            "$repeat" => self.repeat(argument, words),
            "$entries" => self.entries(argument, words),
            "$absent" if words == Words::Making => {
                Err("`$absent` takes a member out of what it is laid over; there is nothing here".into())
            }
            _ if words == Words::Matching => {
                let argument = match argument {
                    Value::String(text) if word == "$regex" => Tree::Text(Text::literal(text.as_str())),
                    argument => self.tree(argument, words)?,
                };
                Ok(Tree::Object(vec![(word.to_owned(), argument)]))
            }
            word => Err(format!("unknown word `{word}`: known are $text, $repeat, $entries, $absent")),
        }
    }

    fn repeat(&self, argument: &Value, words: Words) -> Result<Tree, String> {
        let times = self.times(argument, "$repeat")?;
        let repeat: RepeatWord = decode("$repeat", times)?;
        let mut list = Vec::with_capacity(repeat.times);
        for turn in 0..repeat.times {
            let scope = self.in_turn(turn);
            let item = match &repeat.last {
                Some(last) if turn + 1 == repeat.times => merged(&repeat.item, last).unwrap_or_default(),
                _ => repeat.item.clone(),
            };
            list.push(scope.tree(&item, words)?);
            self.used.borrow_mut().extend(scope.used.take());
            let asked = *scope.accounts.borrow();
            self.accounts.replace_with(|accounts| asked.max(*accounts));
            self.lacking.replace_with(|lacking| lacking.take().or_else(|| scope.lacking.take()));
        }
        Ok(Tree::Array(list))
    }

    fn entries(&self, argument: &Value, words: Words) -> Result<Tree, String> {
        let entries: EntriesWord = decode("$entries", self.times(argument, "$entries")?)?;
        let keys =
            self.api.lists.get(&entries.keys).ok_or_else(|| format!("the api has no list `{}`", entries.keys))?;
        let mut members = Vec::with_capacity(entries.times);
        for turn in 0..entries.times {
            let scope = self.in_turn(turn);
            // Beyond the list the keys are made up: they are only ever sent in requests that must be refused, or to a
            // target that declares a greater limit.
            let key = keys.get(turn).cloned().unwrap_or_else(|| beyond(keys, turn));
            members.push((key, scope.tree(&entries.value, words)?));
            self.used.borrow_mut().extend(scope.used.take());
        }
        Ok(Tree::Object(members))
    }

    /// Resolves only the member `times`: what is repeated is resolved for each turn.
    fn times(&self, argument: &Value, word: &str) -> Result<Value, String> {
        let mut argument = argument.clone();
        let members = argument.as_object_mut().ok_or_else(|| format!("`{word}` takes a mapping"))?;
        if let Some(times) = members.get_mut("times") {
            *times = self.plain(times, Words::Making)?;
        }
        Ok(argument)
    }

    fn text_or_value(&self, text: &str, words: Words) -> Result<Tree, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let end = rest[start..].find('}').ok_or_else(|| format!("`${{` without `}}` in {text:?}"))? + start;
            let found = self.look_up(&rest[start + 2..end], words)?;
            if start == 0 && end + 1 == rest.len() && parts.is_empty() {
                return Ok(found);
            }
            push(&mut parts, TextPart::Literal(rest[..start].to_owned()));
            match found {
                Tree::Text(inner) => inner.0.into_iter().for_each(|part| push(&mut parts, part)),
                other => push(&mut parts, TextPart::Literal(plain(&other)?.to_string())),
            }
            rest = &rest[end + 1..];
        }
        push(&mut parts, TextPart::Literal(rest.to_owned()));
        Ok(Tree::Text(Text(parts)))
    }

    fn look_up(&self, name: &str, words: Words) -> Result<Tree, String> {
        let slot = |slot| Ok(Tree::Text(Text(vec![TextPart::Slot(slot)])));
        match (name, self.turn) {
            ("user", _) => return slot(Slot::User),
            ("unique", _) => return slot(Slot::Unique),
            ("random", _) => return slot(Slot::Random),
            ("i", Some(turn)) => return Ok(Tree::from(&Value::from(turn))),
            ("account", Some(turn)) => return Ok(Tree::Text(self.account(turn))),
            _ => {}
        }
        if let Some(value) = self.variables.get(name) {
            self.used.borrow_mut().insert(name.to_owned());
            return self.tree(&value.clone(), words);
        }
        if let Some(fact) = name.strip_prefix("declared.") {
            self.used.borrow_mut().insert(name.to_owned());
            return self.fact(fact);
        }
        if let Some(item) = name.strip_prefix("list:") {
            return self.list_item(item);
        }
        if let Some(field) = name.strip_prefix("max:") {
            return self.limit(field).map(|(max, _)| Tree::from(&Value::from(max)));
        }
        if let Some(field) = name.strip_prefix("over:") {
            return self.limit(field).map(|(_, over)| Tree::from(&Value::from(over)));
        }
        if self.captures.contains(name) {
            return Ok(Tree::Text(Text(vec![TextPart::Capture(name.to_owned())])));
        }
        let known: Vec<&str> = self.variables.keys().map(String::as_str).chain(["user", "unique", "random"]).collect();
        let hint = crate::source::nearest(name, &known).map(|near| format!("; did you mean `${{{near}}}`?"));
        Err(format!("unknown variable `${{{name}}}`{}", hint.unwrap_or_default()))
    }

    /// The account of one turn: the case's user with three digits, or the declared user of that number.
    fn account(&self, turn: usize) -> Text {
        self.accounts.replace_with(|accounts| (turn + 1).max(*accounts));
        match &self.declared.users {
            Some(users) => Text::literal(users.get(turn).cloned().unwrap_or_default()),
            None => Text(vec![TextPart::Slot(Slot::User), TextPart::Literal(format!("{turn:03}"))]),
        }
    }

    /// A declared fact, `NAME`, or an element of one, `NAME.0`.
    fn fact(&self, path: &str) -> Result<Tree, String> {
        let (name, index) = path.split_once('.').map_or((path, None), |(name, index)| (name, Some(index)));
        let value = self.declared.fact(self.api, name);
        let value = value.ok_or_else(|| format!("the api has no declaration `{name}` with a default"))?;
        match index {
            None => Ok(Tree::from(value)),
            Some(index) => {
                let element = index.parse::<usize>().ok().and_then(|index| value.get(index));
                if element.is_none() && self.declared.declares(name) {
                    // The target has fewer of them than the case needs.
                    let reason = format!("needs more than the declared {name}: there is no number {index}, from 0");
                    self.lacking.replace(Some(reason));
                    return Ok(Tree::Text(Text::literal("")));
                }
                element.map(Tree::from).ok_or_else(|| format!("the declaration `{name}` has no element {index}"))
            }
        }
    }

    fn list_item(&self, item: &str) -> Result<Tree, String> {
        let (name, index) = item.split_once('.').ok_or("write `${list:NAME.0}`")?;
        let list = self.api.lists.get(name).ok_or_else(|| format!("the api has no list `{name}`"))?;
        let found = index.parse::<usize>().ok().and_then(|index| list.get(index));
        let text = found.ok_or_else(|| format!("the list `{name}` has {} entries; there is no {index}", list.len()))?;
        Ok(Tree::Text(Text::literal(text.as_str())))
    }

    /// The greatest accepted value of a field's limit, and the first one over it.
    pub(super) fn limit(&self, path: &str) -> Result<(i64, i64), String> {
        let field = self.api.fields.get(path).ok_or_else(|| unknown_field(self.api, path))?;
        let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        if let Some(length) = &field.length {
            return Ok((number(length.max), number(length.over.unwrap_or(length.max + 1))));
        }
        if let Some(range) = &field.range {
            return Ok((range.max, range.max + 1));
        }
        if let Some(count) = &field.count {
            let declared = count.declaration.as_ref().and_then(|name| self.declared.fact(self.api, name));
            let max = declared.and_then(Value::as_i64).unwrap_or_else(|| number(count.max));
            return Ok((max, max + 1));
        }
        Err(format!("the field `{path}` has no limit"))
    }
}

/// The message for a field that the api does not describe.
pub(super) fn unknown_field(api: &Api, path: &str) -> String {
    let known: Vec<&str> = api.fields.keys().map(String::as_str).collect();
    let hint = crate::source::nearest(path, &known).map(|near| format!("; did you mean `{near}`?"));
    format!("the api describes no field `{path}`{}", hint.unwrap_or_default())
}

/// Lays one value over another: objects member by member, `{ $absent: true }` takes out, all else replaces.
///
/// `None` when the result itself is taken out.
pub(super) fn merged(below: &Value, above: &Value) -> Option<Value> {
    match (below, above) {
        (_, Value::Object(above)) if is_absent(above) => None,
        (Value::Object(below), Value::Object(over)) if word(over).is_none() && word(below).is_none() => {
            let mut members = below.clone();
            for (key, value) in over {
                match members.get(key).map_or_else(|| merged(&Value::Null, value), |below| merged(below, value)) {
                    Some(value) => {
                        members.insert(key.clone(), value);
                    }
                    None => {
                        members.shift_remove(key);
                    }
                }
            }
            Some(Value::Object(members))
        }
        (_, above) => Some(above.clone()),
    }
}

fn is_absent(members: &Map<String, Value>) -> bool {
    word(members).is_some_and(|(word, argument)| word == "$absent" && *argument == Value::Bool(true))
}

/// The `$` word that an object stands for. `${…}` as a key is a variable, not a word.
fn word(members: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (key, argument) = members.iter().next()?;
    let is_word = members.len() == 1 && key.starts_with('$') && !key.starts_with("${");
    is_word.then_some((key.as_str(), argument))
}

fn decode<T: serde::de::DeserializeOwned>(word: &str, argument: Value) -> Result<T, String> {
    serde_json::from_value(argument).map_err(|error| format!("`{word}`: {error}"))
}

fn plain(tree: &Tree) -> Result<Value, String> {
    let mut slots = false;
    let value = tree.fill(&|_| {
        // A slot has no value before the request is sent.
        ""
    });
    visit(tree, &mut |part| slots |= !matches!(part, TextPart::Literal(_)));
    if slots { Err("a value that is known only when the request is sent cannot stand here".into()) } else { Ok(value) }
}

fn visit(tree: &Tree, see: &mut impl FnMut(&TextPart)) {
    match tree {
        Tree::Text(text) => text.0.iter().for_each(see),
        Tree::Array(list) => list.iter().for_each(|tree| visit(tree, see)),
        Tree::Object(members) => members.iter().for_each(|(_, tree)| visit(tree, see)),
        Tree::Null | Tree::Bool(_) | Tree::Number(_) => {}
    }
}

fn push(parts: &mut Vec<TextPart>, part: TextPart) {
    match (parts.last_mut(), part) {
        (_, TextPart::Literal(text)) if text.is_empty() => {}
        (Some(TextPart::Literal(last)), TextPart::Literal(text)) => last.push_str(&text),
        (_, part) => parts.push(part),
    }
}

/// A further key after the pattern of the list's first one: letters only.
fn beyond(keys: &[String], turn: usize) -> String {
    let letter = |index: usize| char::from(b'a' + u8::try_from(index % 26).unwrap_or(0));
    format!("{}{}{}", keys.first().map_or("k", String::as_str), letter(turn / 26), letter(turn))
}
