//! Edge out, for one person: the preview, served from memory to this machine alone.
//!
//! Whoever writes wants to see the page before anybody else does, and a program that writes a
//! preview to the disk has it published one day. So nothing of it is ever written: [`Preview`]
//! holds what was built last, [`run`] hands it to browsers and feed readers, and everything says
//! that it is a preview. A path of a request is looked up in a list and never on the disk.

pub mod dress;
pub mod reply;
pub mod watch;

use std::convert::Infallible;
use std::fs::File;
use std::io::{self, Read as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::channel::Sender;
use http_body_util::{Channel, Either, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::{Semaphore, watch as state};
use tokio::time::{sleep, timeout};

use crate::serve::reply::{Asked, Body, Reply};

/// The port that is tried first.
pub const PORT: u16 = 4000;

/// So many ports after it are tried.
const PORTS: u16 = 50;

/// Connections at once. Browsers open six, a reader one; more wait their turn.
const CONNECTIONS: usize = 128;

/// The request line and all headers, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;

/// Headers of a request.
const MOST_HEADERS: usize = 64;

/// A client that takes longer to ask, or to take a piece of an answer, is gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// So often a waiting page hears that the preview is still there.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// A file of the preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// Its media type, with the encoding where it is a text.
    pub media_type: String,
    /// What it holds.
    pub content: Held,
}

/// Where the content of a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// Here, with a digest.
    Bytes(Bytes, String),
    /// On the disk: an attachment is never in memory.
    File(PathBuf),
}

impl Held {
    /// What was built.
    pub fn bytes(bytes: Vec<u8>) -> Self {
        let digest = crate::file::digest(&bytes);
        Self::Bytes(Bytes::from(bytes), digest)
    }
}

/// What the preview shows at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// The path of the newsroom's address, as an address has it: begins and ends with `/`.
    pub base: String,
    /// Every file, by its path below `base`.
    pub files: std::collections::BTreeMap<String, Served>,
    /// What is put on every page.
    pub dress: dress::Dress,
    /// Where permalinks lead that are another site's, without a path (`pages = false`).
    pub elsewhere: Option<String>,
}

/// What is shown, and how often that has changed.
#[derive(Debug)]
struct Numbered {
    shown: Shown,
    number: u64,
}

/// The preview: what is shown may change while it is served.
#[derive(Debug)]
pub struct Preview {
    port: u16,
    /// Tells this run from one before it on the same port.
    run: i64,
    now: state::Sender<Arc<Numbered>>,
}

impl Preview {
    /// Nothing yet, on this port; `run` is any number that another run will not have.
    pub fn new(port: u16, run: i64) -> Self {
        let nothing = Numbered { shown: Shown { base: "/".to_owned(), ..Shown::default() }, number: 0 };
        Self { port, run, now: state::Sender::new(Arc::new(nothing)) }
    }

    /// Shows this from now on, and has every open page load itself again. Says whether it is
    /// another thing than before.
    pub fn show(&self, shown: Shown) -> bool {
        self.now.send_if_modified(|now| {
            if now.shown == shown {
                return false;
            }
            *now = Arc::new(Numbered { shown, number: now.number + 1 });
            true
        })
    }

    /// A name for what is shown.
    fn name(&self, number: u64) -> String {
        format!("{}-{number}", self.run)
    }
}

/// Takes a port of this machine that no other machine reaches: the one that was asked for, else
/// the first that is free from [`PORT`] on.
///
/// # Errors
/// Why none can be had, and which was tried last.
pub fn bind(asked: Option<u16>) -> Result<(TcpListener, u16), (u16, io::Error)> {
    let take = |port: u16| {
        let listener =
            TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).map_err(|error| (port, error))?;
        let port = listener.local_addr().map_err(|error| (port, error))?.port();
        listener.set_nonblocking(true).map_err(|error| (port, error))?;
        Ok((listener, port))
    };
    if let Some(port) = asked {
        return take(port);
    }
    let mut tried = take(PORT);
    for port in (PORT..).take(PORTS.into()).skip(1) {
        match tried {
            Err((_, error)) if error.kind() == io::ErrorKind::AddrInUse => tried = take(port),
            _ => break,
        }
    }
    tried
}

/// Serves until the process ends.
///
/// # Errors
/// The machine does not let us.
pub fn run(listener: TcpListener, preview: Arc<Preview>) -> io::Result<Infallible> {
    tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?.block_on(accept(listener, preview))
}

async fn accept(listener: TcpListener, preview: Arc<Preview>) -> io::Result<Infallible> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let place = Arc::clone(&places).acquire_owned().await.map_err(io::Error::other)?;
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, say: others are given back soon.
            sleep(Duration::from_millis(100)).await;
            continue;
        };
        let preview = Arc::clone(&preview);
        tokio::spawn(async move {
            let answer = service_fn(|request| answer(request, Arc::clone(&preview)));
            let mut builder = http1::Builder::new();
            builder.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
            builder.max_buf_size(LONGEST_HEAD).max_headers(MOST_HEADERS);
            // A client that hangs up, or does not speak HTTP, is nobody's business.
            let _ = builder.serve_connection(TokioIo::new(stream), answer).await;
            drop(place);
        });
    }
}

type Answer = Response<Either<Full<Bytes>, Channel<Bytes>>>;

async fn answer(request: Request<Incoming>, preview: Arc<Preview>) -> Result<Answer, hyper::http::Error> {
    let now = Arc::clone(&preview.now.borrow());
    let name = preview.name(now.number);
    let asked = Asked { method: request.method(), target: request.uri(), headers: request.headers() };
    let Reply { status, headers, body } = reply::to(&asked, &now.shown, &name, preview.port);
    let mut response = Response::builder().status(status);
    for (header, value) in headers {
        response = response.header(header, value.as_ref());
    }
    let body = match body {
        Body::Bytes(bytes) => Either::Left(Full::new(bytes)),
        Body::File(file) => streamed(|sender| send(file, sender)),
        Body::Events(seen) => streamed(|sender| tell(preview, seen, sender)),
    };
    response.body(body)
}

fn streamed<F: Future<Output = ()> + Send + 'static>(
    write: impl FnOnce(Sender<Bytes>) -> F,
) -> Either<Full<Bytes>, Channel<Bytes>> {
    let (sender, body) = Channel::new(1);
    tokio::spawn(write(sender));
    Either::Right(body)
}

/// Sends a file piece by piece. Where it cannot be read to its end the answer breaks off, which
/// the client sees by the length it was told.
async fn send(mut file: File, mut sender: Sender<Bytes>) {
    const PIECE: usize = 64 * 1024;
    loop {
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; PIECE];
            let length = file.read(&mut piece)?;
            piece.truncate(length);
            Ok::<_, io::Error>((file, piece))
        });
        let Ok(Ok((rest, piece))) = read.await else { return };
        file = rest;
        if piece.is_empty() || !matches!(timeout(PATIENCE, sender.send_data(piece.into())).await, Ok(Ok(()))) {
            return;
        }
    }
}

/// Tells a page that has `seen` one thing when another one is shown (server-sent events, HTML §9.2).
async fn tell(preview: Arc<Preview>, mut seen: String, mut sender: Sender<Bytes>) {
    let mut now = preview.now.subscribe();
    let mut line = "retry: 1000\n\n".to_owned();
    loop {
        let name = preview.name(now.borrow_and_update().number);
        if name != seen {
            line.push_str(&format!("event: change\ndata: {name}\n\n"));
            seen = name;
        }
        if !matches!(timeout(PATIENCE, sender.send_data(line.into())).await, Ok(Ok(()))) {
            return;
        }
        line = match timeout(HEARTBEAT, now.changed()).await {
            Ok(Ok(())) => String::new(),
            Ok(Err(_)) => return,
            Err(_) => ": still here\n\n".to_owned(),
        };
    }
}
