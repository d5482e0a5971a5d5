//! Bodies that end: bounded in length, and in the time between two parts and for all of them.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::upstream::Returned;

/// Why a body broke off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the body is larger than it may be")]
    TooLarge,
    #[error("the body came too slowly")]
    TooSlow,
    #[error("the other side broke off")]
    Broken,
}

/// A body that is passed on as it comes.
pub(crate) struct Streamed {
    inner: Incoming,
    left: u64,
    idle: Duration,
    end: Instant,
    /// Made when there is something to wait for.
    sleep: Option<Pin<Box<Sleep>>>,
    /// Given back when the body has ended.
    connection: Option<Returned>,
}

impl Streamed {
    pub(crate) fn new(inner: Incoming, bytes_max: u64, idle: Duration, whole: Duration) -> Self {
        Self {
            inner,
            left: bytes_max,
            idle,
            end: Instant::now() + whole,
            sleep: None,
            connection: None,
        }
    }

    /// A body of the site's: when it has ended, its connection can be used again.
    pub(crate) fn returning(mut self, connection: Returned) -> Self {
        if self.inner.is_end_stream() {
            connection.give_back();
        } else {
            self.connection = Some(connection);
        }
        self
    }

    fn waits(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let until = self.end.min(Instant::now() + self.idle);
        let sleep = self
            .sleep
            .get_or_insert_with(|| Box::pin(sleep_until(until)));
        sleep.as_mut().poll(context)
    }
}

impl Body for Streamed {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        match Pin::new(&mut this.inner).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                this.sleep = None;
                if let Some(data) = frame.data_ref() {
                    let length = u64::try_from(data.len()).unwrap_or(u64::MAX);
                    let Some(left) = this.left.checked_sub(length) else {
                        return Poll::Ready(Some(Err(BodyError::TooLarge)));
                    };
                    this.left = left;
                }
                if this.inner.is_end_stream()
                    && let Some(connection) = this.connection.take()
                {
                    connection.give_back();
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(_))) => Poll::Ready(Some(Err(BodyError::Broken))),
            Poll::Ready(None) => {
                if let Some(connection) = this.connection.take() {
                    connection.give_back();
                }
                Poll::Ready(None)
            }
            Poll::Pending => match this.waits(context) {
                Poll::Ready(()) => Poll::Ready(Some(Err(BodyError::TooSlow))),
                Poll::Pending => Poll::Pending,
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// What is sent: a text of ours, or what the other side sends.
pub(crate) enum Outgoing {
    Whole(Full<Bytes>),
    Streamed(Streamed),
}

impl Outgoing {
    pub(crate) fn empty() -> Self {
        Self::Whole(Full::new(Bytes::new()))
    }

    pub(crate) fn text(text: impl Into<Bytes>) -> Self {
        Self::Whole(Full::new(text.into()))
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut *self {
            Self::Whole(full) => Pin::new(full)
                .poll_frame(context)
                .map_err(|never| match never {}),
            Self::Streamed(streamed) => Pin::new(streamed).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(full) => full.is_end_stream(),
            Self::Streamed(streamed) => streamed.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(full) => full.size_hint(),
            Self::Streamed(streamed) => streamed.size_hint(),
        }
    }
}
