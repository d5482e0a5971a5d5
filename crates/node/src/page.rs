//! The page that the node serves beside its API: buy an answer, look at everything.
//!
//! Rendered on the server; a little JavaScript for the drawing pad and for following a job. Handlers
//! get the same [`Node`] as the API's; those that wait for the ledger go through
//! [`blocking`](crate::http::blocking).
//!
//! | module | purpose |
//! |---|---|
//! | `home`, `job`, `explorer`, `subnet`, `revenue`, `forecast`, `tournament`, `prices`, `market` | what the pages look like: data in, markup out |
//! | `answer` | what a job's proof says, checked again |
//! | `check` | the proof checked in the visitor's browser |
//! | `buy` | an order from the development wallet |
//! | `visit` | who may spend it: the secret in the address, then a cookie |
//! | `shell`, `chart`, `text`, `assets` | what all pages share |

mod answer;
mod assets;
mod buy;
mod chart;
mod check;
mod explorer;
mod forecast;
mod home;
mod job;
mod market;
mod prices;
mod revenue;
mod shell;
mod subnet;
mod text;
mod tournament;
mod visit;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use lilliput_client::JobFilter;
use lilliput_types::{AssetId, Height, JobId, ModelId, TransactionId};
use maud::Markup;
use serde::{Deserialize, Serialize};

use crate::error::NodeError;
use crate::http::{Failure, Shared, blocking};
use crate::node::Node;
use text::Money;

/// How many rows the explorer's lists have.
const ROWS: usize = 25;

/// Everything outside of `/v1`.
pub(crate) fn router(node: Shared) -> Router {
    Router::new()
        .route("/", get(front))
        .route("/explorer", get(overview))
        .route("/blocks/{height}", get(block))
        .route("/transactions/{id}", get(transaction))
        .route("/models", get(models))
        .route("/models/{id}", get(model))
        .route("/jobs/{id}", get(one_job))
        .route("/accounts/{address}", get(account))
        .route("/subnets", get(subnets))
        .route("/subnet/{id}", get(one_subnet))
        .route("/revenue", get(revenue_page))
        .route("/forecast", get(forecast_page))
        .route("/tournaments", get(tournaments))
        .route("/tournaments/{id}", get(one_tournament))
        .route("/rounds/{tournament}/{number}", get(one_round))
        .route("/prices", get(prices_page))
        .route("/feeds/{id}", get(one_feed))
        .route("/contests/{id}", get(one_contest))
        .route("/market", get(market_page))
        .route("/market/orders/{id}", get(one_order))
        .route("/market/leases/{id}", get(one_lease))
        .route("/market/providers/{address}", get(one_provider))
        .route("/market/prices/{*class}", get(one_class))
        .route("/verify", get(|| async { check::page() }))
        .route("/page/ask", post(ask))
        .route("/page/{file}", get(assets::file))
        .layer(map_response(restrict))
        .with_state(node)
}

/// What pages and workers may load and run: files that this node serves, and the verifier.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
    connect-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";

async fn restrict(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

/// A page, or the page that says there is none.
struct Shown(Result<Markup, Failure>);

impl IntoResponse for Shown {
    fn into_response(self) -> Response {
        match self.0 {
            Ok(markup) => markup.into_response(),
            Err(failure) if failure.is_not_found() => {
                (StatusCode::NOT_FOUND, shell::not_found()).into_response()
            }
            Err(failure) => failure.into_response(),
        }
    }
}

async fn show(
    node: &Shared,
    work: impl FnOnce(&Node) -> Result<Markup, NodeError> + Send + 'static,
) -> Shown {
    Shown(blocking(node, work).await)
}

/// The part of a path that names something; what can't be read names nothing.
fn named<T: std::str::FromStr>(text: &str) -> Result<T, NodeError> {
    text.parse().map_err(|_| NodeError::NotFound {
        what: "page",
        id: text.to_owned(),
    })
}

/// The asset that jobs are paid in.
fn with_money<T>(node: &Node, work: impl FnOnce(Money<'_>) -> T) -> T {
    with_asset(node, node.genesis().params.settlement_asset, work)
}

/// An asset of the genesis, as pages show it.
fn with_asset<T>(node: &Node, asset: AssetId, work: impl FnOnce(Money<'_>) -> T) -> T {
    let symbol = asset.to_string();
    let known = node
        .genesis()
        .assets
        .iter()
        .find(|known| known.symbol.as_str() == symbol);
    work(Money {
        symbol: &symbol,
        decimals: known.map_or(0, |known| known.decimals),
    })
}

/// The secret in the address that `lilliput up` printed.
#[derive(Deserialize)]
struct Visit {
    key: Option<String>,
}

async fn front(
    State(node): State<Shared>,
    Query(visit): Query<Visit>,
    headers: HeaderMap,
) -> Response {
    if let Some(key) = visit.key {
        return match visit::welcome(&node, &key) {
            Some(cookie) => ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response(),
            None => Redirect::to("/").into_response(),
        };
    }
    let may_ask = visit::may_spend(&node, &headers);
    show(&node, move |node| {
        let price = buy::quote(node)?;
        let home = home::Home {
            may_ask,
            price: price.map(|quote| with_money(node, |money| money.show(quote.price))),
            height: node.status()?.height.0,
            jobs_paid: buy::jobs_paid(node)?,
            subnets: node.subnet_market()?.totals.opened.0,
        };
        Ok(home::page(&home))
    })
    .await
    .into_response()
}

async fn overview(State(node): State<Shared>) -> Shown {
    show(&node, |node| {
        let blocks = node.blocks(None, ROWS)?;
        let jobs = node.jobs(&JobFilter::default(), ROWS)?;
        Ok(with_money(node, |money| {
            explorer::overview(&blocks.items, &jobs.items, money)
        }))
    })
    .await
}

async fn block(State(node): State<Shared>, Path(height): Path<String>) -> Shown {
    show(&node, move |node| {
        let height = Height(named(&height)?);
        Ok(explorer::block(&node.block(height)?))
    })
    .await
}

async fn transaction(State(node): State<Shared>, Path(id): Path<String>) -> Shown {
    show(&node, move |node| {
        let id: TransactionId = named(&id)?;
        Ok(explorer::transaction(&node.transaction(id)?))
    })
    .await
}

async fn models(State(node): State<Shared>) -> Shown {
    show(&node, |node| {
        let models = node.models(None, ROWS)?;
        Ok(with_money(node, |money| {
            explorer::models(&models.items, money)
        }))
    })
    .await
}

async fn model(State(node): State<Shared>, Path(id): Path<String>) -> Shown {
    show(&node, move |node| {
        let id: ModelId = named(&id)?;
        let (model, offers) = (node.model(id)?, node.offers(id)?);
        Ok(with_money(node, |money| {
            explorer::model(&model, &offers.items, money)
        }))
    })
    .await
}

async fn account(State(node): State<Shared>, Path(address): Path<String>) -> Shown {
    show(&node, move |node| {
        let account = node.account(named(&address)?)?;
        let assets = node.assets(None, crate::node::PAGE_MAX)?;
        Ok(explorer::account(&account, &assets.items))
    })
    .await
}

async fn one_job(State(node): State<Shared>, Path(id): Path<String>) -> Shown {
    show(&node, move |node| {
        let id: JobId = named(&id)?;
        let job = node.job(id)?;
        let model = node.model(job.model)?;
        let answer = answer::answer(node, &job, &model)?;
        let steps = answer::steps(node, &job)?;
        Ok(with_money(node, |money| {
            let origin = format!("http://{}", node.address());
            let check = check::of_job(&job, &model, node.chain());
            job::page(
                &job,
                &model,
                money,
                &steps,
                answer.as_ref(),
                &origin,
                &check,
            )
        }))
    })
    .await
}

async fn subnets(State(node): State<Shared>) -> Shown {
    show(&node, subnet::list).await
}

async fn one_subnet(State(node): State<Shared>, Path(id): Path<String>) -> Shown {
    show(&node, move |node| subnet::page(node, named(&id)?)).await
}

async fn revenue_page(State(node): State<Shared>) -> Shown {
    show(&node, |node| {
        let settlement = node.genesis().params.settlement_asset;
        let rows = node.revenue()?;
        let rows: Vec<_> = rows
            .into_iter()
            .filter(|row| row.asset == settlement)
            .collect();
        Ok(with_money(node, |money| revenue::page(&rows, money)))
    })
    .await
}

async fn forecast_page(State(node): State<Shared>) -> Shown {
    show(&node, forecast::page).await
}

async fn tournaments(State(node): State<Shared>) -> Shown {
    show(&node, tournament::overview).await
}

async fn one_tournament(State(node): State<Shared>, Path(id): Path<String>) -> Shown {
    show(&node, move |node| tournament::tournament(node, &id)).await
}

async fn one_round(State(node): State<Shared>, Path(id): Path<(String, String)>) -> Shown {
    show(&node, move |node| tournament::round(node, &id.0, &id.1)).await
}

async fn prices_page(State(node): State<Shared>) -> Shown {
    show(&node, prices::overview).await
}

async fn one_feed(State(node): State<Shared>, Path(id): Path<String>) -> Shown {
    show(&node, move |node| prices::feed(node, &id)).await
}

async fn one_contest(State(node): State<Shared>, Path(id): Path<String>) -> Shown {
    show(&node, move |node| prices::contest(node, &id)).await
}

async fn market_page(State(node): State<Shared>) -> Shown {
    show(&node, market::overview).await
}

async fn one_order(State(node): State<Shared>, Path(id): Path<String>) -> Shown {
    show(&node, move |node| market::order(node, &id)).await
}

async fn one_lease(State(node): State<Shared>, Path(id): Path<String>) -> Shown {
    show(&node, move |node| market::lease(node, &id)).await
}

async fn one_provider(State(node): State<Shared>, Path(address): Path<String>) -> Shown {
    show(&node, move |node| market::provider(node, &address)).await
}

async fn one_class(State(node): State<Shared>, Path(class): Path<String>) -> Shown {
    show(&node, move |node| market::class(node, &class)).await
}

/// A drawing: 28 x 28 grey values, row by row, white on black.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Drawing {
    pixels: Vec<u8>,
}

/// The job that was ordered.
#[derive(Serialize)]
struct Ordered {
    job: JobId,
}

async fn ask(
    State(node): State<Shared>,
    headers: HeaderMap,
    Json(drawing): Json<Drawing>,
) -> Result<Json<Ordered>, Failure> {
    if !visit::may_spend(&node, &headers) {
        return Err(NodeError::Forbidden(
            "open the address that `lilliput up` printed: it holds the secret for spending",
        )
        .into());
    }
    let job = blocking(&node, move |node| buy::order(node, &drawing.pixels)).await?;
    Ok(Json(Ordered { job }))
}
