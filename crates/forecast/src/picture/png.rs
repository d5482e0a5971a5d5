//! SVG to PNG, text set in the font that comes with this crate.

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

use crate::error::ForecastError;

const SCALE: f32 = 2.0;
const SIDE_PIXELS_MAX: f32 = 8_192.0;

static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts.load_font_data(notosans::REGULAR_TTF.to_vec());
    Arc::new(fonts)
});

/// A picture of this crate as a PNG of twice its size.
pub fn png(svg: &str) -> Result<Vec<u8>, ForecastError> {
    let failed = |error: &dyn std::fmt::Display| ForecastError::Picture(error.to_string());
    let options = Options {
        fontdb: Arc::clone(&FONTS),
        font_family: "Noto Sans".to_owned(),
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).map_err(|error| failed(&error))?;
    let (width, height) = (tree.size().width() * SCALE, tree.size().height() * SCALE);
    if width.max(height) > SIDE_PIXELS_MAX {
        return Err(failed(&"the picture is too large"));
    }
    let mut pixels =
        Pixmap::new(width as u32, height as u32).ok_or_else(|| failed(&"the picture is empty"))?;
    resvg::render(
        &tree,
        Transform::from_scale(SCALE, SCALE),
        &mut pixels.as_mut(),
    );
    pixels.encode_png().map_err(|error| failed(&error))
}
