//! Reads and types an expression.

use super::token::{Placed, Token, tokens};
use super::{Condition, DEPTH_MAX, EXPRESSION_BYTES_MAX, ExpressionError, Number, Order, Text};
use crate::policy::pattern;

type Read<T> = Result<T, ExpressionError>;

/// Reads a condition on a request.
pub(crate) fn read(text: &str) -> Read<Condition> {
    whole(text, false)
}

/// Reads a condition on the weight alone, as thresholds have it.
pub(crate) fn number_condition(text: &str) -> Read<Condition> {
    whole(text, true)
}

fn whole(text: &str, weight: bool) -> Read<Condition> {
    if text.len() > EXPRESSION_BYTES_MAX {
        return Err(ExpressionError {
            offset: 0,
            message: format!("an expression has at most {EXPRESSION_BYTES_MAX} bytes"),
        });
    }
    let mut parser = Parser {
        tokens: tokens(text)?,
        next: 0,
        depth: 0,
        weight,
        end: text.len(),
    };
    let value = parser.or()?;
    if parser.next < parser.tokens.len() {
        return Err(parser.error("nothing may follow here"));
    }
    parser.condition(value)
}

/// A part of an expression, by what it gives.
enum Value {
    Condition(Condition),
    Text(Text),
    Number(Number),
    List(Vec<Text>),
    Headers,
    Query,
}

struct Parser {
    tokens: Vec<Placed>,
    next: usize,
    depth: u32,
    /// Whether `weight` is known, and nothing else.
    weight: bool,
    end: usize,
}

impl Parser {
    fn error(&self, message: impl Into<String>) -> ExpressionError {
        ExpressionError {
            offset: self
                .tokens
                .get(self.next)
                .map_or(self.end, |placed| placed.offset),
            message: message.into(),
        }
    }

    fn sign(&mut self, sign: &str) -> bool {
        let here = self
            .tokens
            .get(self.next)
            .is_some_and(|placed| matches!(&placed.token, Token::Sign(found) if *found == sign));
        if here {
            self.next += 1;
        }
        here
    }

    fn expect(&mut self, sign: &str) -> Read<()> {
        if self.sign(sign) {
            Ok(())
        } else {
            Err(self.error(format!("`{sign}` is missing here")))
        }
    }

    fn condition(&self, value: Value) -> Read<Condition> {
        match value {
            Value::Condition(condition) => Ok(condition),
            Value::Text(_) | Value::Number(_) | Value::List(_) | Value::Headers | Value::Query => {
                Err(self.error("this is no condition: it is neither true nor false"))
            }
        }
    }

    fn text(&self, value: Value) -> Read<Text> {
        match value {
            Value::Text(text) => Ok(text),
            Value::Condition(_)
            | Value::Number(_)
            | Value::List(_)
            | Value::Headers
            | Value::Query => Err(self.error("a text has to stand here")),
        }
    }

    fn deeper(&mut self) -> Read<()> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.error(format!(
                "at most {DEPTH_MAX} brackets and signs may be within each other"
            )));
        }
        Ok(())
    }

    fn or(&mut self) -> Read<Value> {
        self.deeper()?;
        let first = self.and()?;
        let mut all = vec![first];
        while self.sign("||") {
            all.push(self.and()?);
        }
        self.depth -= 1;
        self.joined(all, Condition::Or)
    }

    fn and(&mut self) -> Read<Value> {
        let mut all = vec![self.comparison()?];
        while self.sign("&&") {
            all.push(self.comparison()?);
        }
        self.joined(all, Condition::And)
    }

    fn joined(&self, mut all: Vec<Value>, join: fn(Vec<Condition>) -> Condition) -> Read<Value> {
        if all.len() == 1 {
            return all
                .pop()
                .ok_or_else(|| self.error("something is missing here"));
        }
        let conditions: Read<Vec<Condition>> =
            all.into_iter().map(|one| self.condition(one)).collect();
        Ok(Value::Condition(join(conditions?)))
    }

    fn comparison(&mut self) -> Read<Value> {
        let left = self.unary()?;
        let name_in = matches!(
            self.tokens.get(self.next).map(|placed| &placed.token),
            Some(Token::Name(name)) if name == "in"
        );
        if name_in {
            self.next += 1;
            let right = self.unary()?;
            return self.within(left, right).map(Value::Condition);
        }
        for sign in ["==", "!=", "<=", ">=", "<", ">"] {
            if self.sign(sign) {
                let right = self.unary()?;
                return self.compared(left, sign, right).map(Value::Condition);
            }
        }
        Ok(left)
    }

    fn within(&self, left: Value, right: Value) -> Read<Condition> {
        let left = self.text(left)?;
        match (right, left) {
            (Value::Headers, Text::Literal(name)) => {
                Ok(Condition::HasHeader(name.to_ascii_lowercase()))
            }
            (Value::Query, Text::Literal(name)) => Ok(Condition::HasParameter(name)),
            (Value::List(list), left) => Ok(Condition::TextIn(left, list)),
            _ => Err(self.error("`in` stands between a text and a list, `headers` or `query`")),
        }
    }

    fn compared(&self, left: Value, sign: &str, right: Value) -> Read<Condition> {
        let order = match sign {
            "<" => Order::Less,
            "<=" => Order::LessOrEqual,
            ">" => Order::Greater,
            ">=" => Order::GreaterOrEqual,
            _ => Order::Equal,
        };
        let compared = match (left, right) {
            (Value::Text(left), Value::Text(right)) if order == Order::Equal => {
                Condition::TextEqual(left, right)
            }
            (Value::Number(left), Value::Number(right)) => Condition::Compare(left, order, right),
            (Value::Condition(left), Value::Condition(Condition::Literal(value)))
                if order == Order::Equal =>
            {
                if value {
                    left
                } else {
                    Condition::Not(Box::new(left))
                }
            }
            _ => return Err(self.error(format!("`{sign}` can't compare these"))),
        };
        Ok(if sign == "!=" {
            Condition::Not(Box::new(compared))
        } else {
            compared
        })
    }

    fn unary(&mut self) -> Read<Value> {
        if self.sign("!") {
            self.deeper()?;
            let value = self.unary()?;
            self.depth -= 1;
            let condition = self.condition(value)?;
            return Ok(Value::Condition(Condition::Not(Box::new(condition))));
        }
        if self.sign("-") {
            return match self
                .tokens
                .get(self.next)
                .map(|placed| placed.token.clone())
            {
                Some(Token::Number(value)) => {
                    self.next += 1;
                    Ok(Value::Number(Number::Literal(-value)))
                }
                _ => Err(self.error("a number has to follow `-`")),
            };
        }
        let mut value = self.primary()?;
        loop {
            if self.sign("[") {
                let key = self.or()?;
                self.expect("]")?;
                value = self.member(&value, key)?;
            } else if self.sign(".") {
                value = self.method(value)?;
            } else {
                return Ok(value);
            }
        }
    }

    fn member(&self, value: &Value, key: Value) -> Read<Value> {
        let Text::Literal(name) = self.text(key)? else {
            return Err(self.error("the name in brackets has to be written out"));
        };
        match value {
            Value::Headers => Ok(Value::Text(Text::Header(name.to_ascii_lowercase()))),
            Value::Query => Ok(Value::Text(Text::Parameter(name))),
            Value::Condition(_) | Value::Text(_) | Value::Number(_) | Value::List(_) => {
                Err(self.error("only `headers` and `query` have members"))
            }
        }
    }

    fn method(&mut self, value: Value) -> Read<Value> {
        let Some(Token::Name(name)) = self
            .tokens
            .get(self.next)
            .map(|placed| placed.token.clone())
        else {
            return Err(self.error("a name has to follow `.`"));
        };
        self.next += 1;
        let text = match value {
            Value::Text(text) => text,
            Value::Headers | Value::Query
                if !matches!(
                    self.tokens.get(self.next),
                    Some(Placed {
                        token: Token::Sign("("),
                        ..
                    })
                ) =>
            {
                return self.member(&value, Value::Text(Text::Literal(name)));
            }
            Value::Condition(_)
            | Value::Number(_)
            | Value::List(_)
            | Value::Headers
            | Value::Query => {
                return Err(self.error(format!("`.{name}` needs a text before it")));
            }
        };
        let arguments = self.arguments()?;
        if name == "size" && arguments.is_empty() {
            return Ok(Value::Number(Number::Size(Box::new(text))));
        }
        let [argument] = <[Value; 1]>::try_from(arguments)
            .map_err(|_| self.error(format!("`.{name}` takes one argument")))?;
        let argument = self.text(argument)?;
        Ok(Value::Condition(match name.as_str() {
            "contains" => Condition::Contains(text, argument),
            "startsWith" => Condition::StartsWith(text, argument),
            "endsWith" => Condition::EndsWith(text, argument),
            "matches" => {
                let Text::Literal(written) = argument else {
                    return Err(self.error("the pattern of `matches` has to be written out"));
                };
                let regex = pattern::compiled(&written).map_err(|message| self.error(message))?;
                Condition::Matches(text, regex)
            }
            _ => return Err(self.error(format!("`.{name}` isn't known here"))),
        }))
    }

    fn arguments(&mut self) -> Read<Vec<Value>> {
        self.expect("(")?;
        let mut all = Vec::new();
        if self.sign(")") {
            return Ok(all);
        }
        loop {
            all.push(self.or()?);
            if self.sign(")") {
                return Ok(all);
            }
            self.expect(",")?;
        }
    }

    fn primary(&mut self) -> Read<Value> {
        if self.sign("(") {
            let value = self.or()?;
            self.expect(")")?;
            return Ok(value);
        }
        if self.sign("[") {
            return self.list();
        }
        let Some(placed) = self.tokens.get(self.next).cloned() else {
            return Err(self.error("something is missing at the end"));
        };
        match placed.token {
            Token::Text(text) => {
                self.next += 1;
                Ok(Value::Text(Text::Literal(text)))
            }
            Token::Number(value) => {
                self.next += 1;
                Ok(Value::Number(Number::Literal(value)))
            }
            Token::Name(name) => self.name(&name),
            Token::Sign(sign) => Err(self.error(format!("`{sign}` can't stand here"))),
        }
    }

    fn list(&mut self) -> Read<Value> {
        let mut all = Vec::new();
        if self.sign("]") {
            return Ok(Value::List(all));
        }
        loop {
            let one = self.or()?;
            all.push(self.text(one)?);
            if self.sign("]") {
                return Ok(Value::List(all));
            }
            self.expect(",")?;
        }
    }

    fn name(&mut self, name: &str) -> Read<Value> {
        let unknown = |parser: &Self| Err(parser.error(why_unknown(name)));
        if self.weight && name != "weight" && name != "true" && name != "false" {
            return Err(self.error("a threshold may only ask for `weight`"));
        }
        let value = match name {
            "true" | "false" => Value::Condition(Condition::Literal(name == "true")),
            "method" => Value::Text(Text::Method),
            "host" => Value::Text(Text::Host),
            "path" => Value::Text(Text::Path),
            "userAgent" => Value::Text(Text::UserAgent),
            "remoteAddress" => Value::Text(Text::RemoteAddress),
            "class" => Value::Text(Text::Class),
            "agent" => Value::Text(Text::Agent),
            "signedBy" => Value::Text(Text::SignedBy),
            "contentLength" => Value::Number(Number::ContentLength),
            "weight" if self.weight => Value::Number(Number::Weight),
            "headers" => Value::Headers,
            "query" => Value::Query,
            "signed" => Value::Condition(Condition::Signed),
            "verified" => Value::Condition(Condition::Verified),
            "missingHeader" => {
                self.next += 1;
                return self.missing_header();
            }
            "size" => {
                self.next += 1;
                let arguments = self.arguments()?;
                let [argument] = <[Value; 1]>::try_from(arguments)
                    .map_err(|_| self.error("`size` takes one argument"))?;
                return Ok(Value::Number(Number::Size(Box::new(self.text(argument)?))));
            }
            _ => return unknown(self),
        };
        self.next += 1;
        Ok(value)
    }

    fn missing_header(&mut self) -> Read<Value> {
        let arguments = self.arguments()?;
        match <[Value; 2]>::try_from(arguments) {
            Ok([Value::Headers, Value::Text(Text::Literal(name))]) => Ok(Value::Condition(
                Condition::Not(Box::new(Condition::HasHeader(name.to_ascii_lowercase()))),
            )),
            _ => Err(self.error("write `missingHeader(headers, \"Name\")`")),
        }
    }
}

/// Says of names that others know why they aren't known here.
fn why_unknown(name: &str) -> String {
    let why = match name {
        "load_1m" | "load_5m" | "load_15m" => {
            "it depends on the machine's load, which the gate's own controller answers to"
        }
        "randInt" => "decisions aren't drawn by lot",
        "fcrdns" | "reverseDNS" | "lookupHost" | "verifyFCrDNS" | "arpaReverseIP" | "dns" => {
            "the gate asks no name server about a request; name the networks"
        }
        "segments" => "compare `path` with a pattern instead",
        "geoip" | "asn" | "asns" => "the gate has no map of addresses; name the networks",
        _ => return format!("`{name}` isn't known here"),
    };
    format!("`{name}` isn't known here: {why}")
}
