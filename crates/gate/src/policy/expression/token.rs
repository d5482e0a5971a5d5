//! An expression's words and signs.

use super::ExpressionError;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Name(String),
    Text(String),
    Number(i64),
    /// One of `( ) [ ] , . ! < > <= >= == != && || - ? : + * /`.
    Sign(&'static str),
}

#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) offset: usize,
}

/// Longer signs first.
const SIGNS: [&str; 21] = [
    "&&", "||", "==", "!=", "<=", ">=", "(", ")", "[", "]", ",", ".", "!", "<", ">", "-", "?", ":",
    "+", "*", "/",
];

pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, ExpressionError> {
    let mut found = Vec::new();
    let mut offset = 0;
    while let Some(rest) = text.get(offset..).filter(|rest| !rest.is_empty()) {
        let first = rest.chars().next().unwrap_or(' ');
        if first.is_whitespace() {
            offset += first.len_utf8();
            continue;
        }
        let (token, length) =
            one(rest, first).map_err(|message| ExpressionError { offset, message })?;
        found.push(Placed { token, offset });
        offset += length;
    }
    Ok(found)
}

fn one(rest: &str, first: char) -> Result<(Token, usize), String> {
    if first.is_ascii_alphabetic() || first == '_' {
        let length = span(rest, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let name = rest.get(..length).unwrap_or_default();
        let raw = matches!(name, "r" | "R") && rest[length..].starts_with(['"', '\'']);
        if raw {
            let (text, used) = quoted(&rest[length..], true)?;
            return Ok((Token::Text(text), length + used));
        }
        return Ok((Token::Name(name.to_owned()), length));
    }
    if first.is_ascii_digit() {
        return number(rest);
    }
    if matches!(first, '"' | '\'') {
        let (text, used) = quoted(rest, false)?;
        return Ok((Token::Text(text), used));
    }
    SIGNS
        .iter()
        .find(|sign| rest.starts_with(**sign))
        .map(|sign| (Token::Sign(sign), sign.len()))
        .ok_or_else(|| format!("`{first}` has no meaning here"))
}

fn span(text: &str, holds: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|byte| holds(*byte)).count()
}

/// A whole number; `10.0` is one too.
fn number(rest: &str) -> Result<(Token, usize), String> {
    let length = span(rest, |byte| byte.is_ascii_digit());
    let value = rest[..length]
        .parse()
        .map_err(|_| "this number is too large".to_owned())?;
    let after = &rest[length..];
    let Some(places) = after.strip_prefix('.') else {
        return Ok((Token::Number(value), length));
    };
    let zeros = span(places, |byte| byte.is_ascii_digit());
    if zeros == 0 {
        return Ok((Token::Number(value), length));
    }
    if places[..zeros].bytes().any(|byte| byte != b'0') {
        return Err("numbers are whole here".to_owned());
    }
    Ok((Token::Number(value), length + 1 + zeros))
}

fn quoted(rest: &str, raw: bool) -> Result<(String, usize), String> {
    let mut characters = rest.char_indices();
    let Some((_, quote)) = characters.next() else {
        return Err("a text has to begin with a quote".to_owned());
    };
    let mut text = String::new();
    while let Some((at, character)) = characters.next() {
        match character {
            _ if character == quote => return Ok((text, at + quote.len_utf8())),
            '\\' if !raw => match characters.next().map(|next| next.1) {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('r') => text.push('\r'),
                Some(same @ ('\\' | '"' | '\'' | '`' | '?')) => text.push(same),
                Some(other) => return Err(format!("`\\{other}` is no escape that is known here")),
                None => break,
            },
            _ => text.push(character),
        }
    }
    Err("this text has no end".to_owned())
}
