"""A network's logo: what may be uploaded, what is kept of it, where it is shown, and what the record says."""

from __future__ import annotations

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from govnet.charter import logo, settings
from govnet.charter.models import LARGEST_LOGO, Network, NetworkLogo
from govnet.extensions import db
from govnet.kernel.actor import Door
from govnet.kernel.errors import NotAllowed, RuleBroken, Stale
from govnet.kernel.transaction import transaction
from govnet.people.models import Person
from govnet.record.queries import details, entries_about
from tests import builders
from tests.chain import faults_of
from tests.pages import HERE, Html, defaults, opened
from tests.statements import counted

SECRET = b"taken at 51.5 N by Robin"


@pytest.fixture
def uk(client, app):
    with app.app_context():
        network = builders.a_network()
        builders.sign_in(client, builders.a_steering_member(network))
        yield network
        db.session.remove()


def drawn(mode="RGB", size=(400, 100)):
    """A picture with a dark left half and a light right half."""
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 2 - 1, size[1]), fill=(120, 20, 20))
    return picture.convert(mode)


def encoded(picture, kind="PNG", **how):
    out = BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def png_of_size(width, height):
    """The head of a PNG that says it has so many pixels, and hardly any data."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def animation(frames):
    """A GIF with so many frames."""
    one = encoded(Image.new("P", (64, 32), 1), "GIF")
    at = one.index(b",")
    return one[:at] + one[at:-1] * frames + one[-1:]


def sent(client, file=None, name="logo.png", **values):
    """The form of the settings as a browser sends it, with that file."""
    form = opened(client, "/uk/settings").forms[-1]
    data = {**defaults(form), **values}
    data["logo"] = (BytesIO(file or b""), name if file else "")
    return client.post("/uk/settings", data=data, content_type="multipart/form-data")


def uk_now():
    return db.session.get_one(Network, 1, populate_existing=True)


def changed(network, by, file):
    """A logo given to a network without pages."""
    with transaction():
        settings.change(
            network, settings.values(network), logo=logo.readable(file),
            seen=settings.fingerprint(network), by=by, via=Door.WEB,
        )  # fmt: skip


def test_a_logo_is_shown_at_the_top_of_pages_and_served_for_good(client, uk):
    assert sent(client, encoded(drawn())).status_code == 303
    client.delete_cookie("govnet")
    page = client.get("/uk/").text
    address = f"/uk/settings/logo/{uk_now().logo_digest}.png"
    assert f'src="{address}" width="176" height="44" alt="Logo of The UK network"' in page
    picture = client.get(address)
    assert (picture.status_code, picture.mimetype) == (200, "image/png")
    assert picture.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in picture.headers
    assert client.get(address, headers={"If-None-Match": picture.headers["ETag"]}).status_code == 304
    assert Image.open(BytesIO(picture.data)).size == (400, 100)


def test_a_logo_is_kept_by_the_browser_of_somebody_signed_in_too(client, uk):
    sent(client, encoded(drawn()))
    opened(client, "/uk/")
    picture = client.get(f"/uk/settings/logo/{uk_now().logo_digest}.png")
    assert "immutable" in picture.headers["Cache-Control"]
    assert picture.headers["ETag"]


def test_a_logo_that_was_replaced_or_taken_away_is_found_no_more(client, uk):
    sent(client, encoded(drawn()))
    first = uk_now().logo_digest
    sent(client, encoded(drawn(size=(200, 100))))
    second = uk_now().logo_digest
    assert client.get(f"/uk/settings/logo/{first}.png").status_code == 404
    assert client.get(f"/uk/settings/logo/{second}.png").status_code == 200
    sent(client, without_logo="y")
    assert uk_now().logo is None
    assert client.get(f"/uk/settings/logo/{second}.png").status_code == 404
    assert 'class="logo"' not in client.get("/uk/").text
    told = [details(e) for e in entries_about(uk.id, f"network:{uk.id}") if e.verb == "offices.logo_changed"]
    assert [(e["old_digest"], e["new_digest"]) for e in told] == [("", first), (first, second), (second, "")]


def test_a_logo_of_another_network_is_not_found(client, uk):
    builders.a_network("wales")
    sent(client, encoded(drawn()))
    assert client.get(f"/wales/settings/logo/{uk_now().logo_digest}.png").status_code == 404


def test_a_form_without_a_file_leaves_the_logo_and_the_same_file_changes_nothing(client, uk):
    sent(client, encoded(drawn()))
    before, entries = uk_now().logo_digest, len(entries_about(uk.id, f"network:{uk.id}"))
    sent(client)
    sent(client, encoded(drawn()))
    assert uk_now().logo_digest == before
    assert len(entries_about(uk.id, f"network:{uk.id}")) == entries


@pytest.mark.parametrize(
    "file",
    [
        encoded(drawn("L")),
        encoded(drawn("LA")),
        encoded(drawn("RGBA")),
        encoded(drawn("P")),
        encoded(drawn("1")),
        encoded(drawn("P"), transparency=0),
        encoded(Image.merge("CMYK", drawn("CMYK").split()), "JPEG"),
        encoded(drawn("L"), "JPEG"),
        encoded(drawn(), "JPEG", progressive=True),
        encoded(drawn(), "WEBP"),
        encoded(drawn("RGBA"), "WEBP", lossless=True),
        encoded(drawn("P"), "GIF"),
        encoded(drawn(), save_all=True, append_images=[drawn(), drawn()]),
        encoded(drawn(), "WEBP", save_all=True, append_images=[drawn().rotate(180)]),
        encoded(drawn(), "GIF", save_all=True, append_images=[drawn().rotate(180)]),
        encoded(drawn("L").convert("I").point(lambda v: v * 257).convert("I;16")),
        encoded(drawn()) + b"<script>alert(1)</script>",
    ],
)  # fmt: skip
def test_of_each_kind_of_picture_the_first_one_is_kept_as_it_looks(context, file):
    kept = logo.readable(file)
    shown = Image.open(BytesIO(kept.png)).convert("RGBA").convert("L")
    assert shown.size == (kept.width, kept.height) == (400, 100)
    assert shown.getpixel((300, 50)) > 240
    assert shown.getpixel((100, 50)) < 130
    assert b"script" not in kept.png


def test_nothing_but_pixels_is_kept(context):
    exif, text = Image.Exif(), PngInfo()
    exif[0x010E], exif[0x0112] = SECRET.decode(), 1
    text.add_text("Comment", SECRET.decode() * 20_000, zip=True)
    text.add_itxt("Author", SECRET.decode())
    profile = SECRET * 30_000
    for file in (
        encoded(drawn(), exif=exif, pnginfo=text, icc_profile=profile),
        encoded(drawn(), "JPEG", exif=exif, icc_profile=profile, comment=SECRET),
        encoded(drawn(), "WEBP", exif=exif, icc_profile=profile, xmp=SECRET),
        encoded(drawn("P"), "GIF", comment=SECRET),
    ):
        kept = logo.readable(file[: logo.MOST_BYTES])
        chunks, at = set(), 8
        while at < len(kept.png):
            size, kind = struct.unpack(">I4s", kept.png[at : at + 8])
            chunks.add(kind)
            at += size + 12
        assert chunks <= {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
        assert SECRET not in kept.png


def test_a_picture_is_turned_as_its_camera_says(context):
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = logo.readable(encoded(drawn(size=(400, 400)), "JPEG", exif=exif))
    upright = Image.open(BytesIO(kept.png)).convert("L")
    assert upright.getpixel((96, 20)) < 130
    assert upright.getpixel((96, 170)) > 240


@pytest.mark.parametrize("size", [(3000, 2000), (2000, 60), (100, 1100), (640, 192), (16, 16)])
def test_whatever_is_uploaded_is_kept_small(context, size):
    noise = Image.effect_noise(size, 90).convert("RGB") if size[0] < 2100 else drawn(size=size)
    file = encoded(noise, "JPEG", quality=50)
    kept = logo.readable(file)
    assert kept.width <= 640
    assert kept.height <= 192
    assert len(kept.png) <= LARGEST_LOGO


def test_pixels_that_nothing_can_press_together_fit_too(context):
    from random import Random

    pixels = Image.frombytes("RGBA", (640, 192), Random(4).randbytes(640 * 192 * 4))
    assert len(logo.readable(encoded(pixels)).png) <= LARGEST_LOGO


REFUSED = {
    "bomb": (png_of_size(50_000, 50_000), "million pixels"),
    "large": (png_of_size(10_000, 10_000), "million pixels"),
    "huge side": (png_of_size(2_000_000_000, 1), "damaged|million pixels"),
    "truncated": (encoded(Image.effect_noise((300, 100), 90))[:-8000], "damaged"),
    "truncated JPEG": (encoded(Image.effect_noise((300, 100), 90), "JPEG")[:3000], "damaged"),
    "truncated WebP": (encoded(drawn(), "WEBP")[:60], "damaged|cannot read this as a picture"),
    "nothing in it": (png_of_size(400, 100), "damaged"),
    "text": (b"I am no picture.", "cannot read this as a picture"),
    "PDF": (b"%PDF-1.7\n" + b" " * 500, "cannot read this as a picture"),
    "TIFF": (encoded(drawn(), "TIFF"), "cannot read this as a picture"),
    "BMP": (encoded(drawn(), "BMP"), "cannot read this as a picture"),
    "icon": (encoded(drawn(size=(32, 32)), "ICO"), "cannot read this as a picture"),
    "drawing": (b'<?xml version="1.0"?><!-- by hand --><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
    "a dot": (encoded(drawn(size=(8, 8))), "too small"),
    "a thread": (encoded(drawn(size=(4000, 20))), "too narrow"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_is_no_logo_is_refused_in_words_and_nothing_typed_is_lost(client, uk, kind):
    file, words = REFUSED[kind]
    answer = sent(client, file, contact_phone="020 7946 0999", accent="plum")
    assert answer.status_code == 422
    page = Html(answer.text)
    assert any(word in page.text for word in words.split("|")), page.text
    typed = defaults(page.forms[-1])
    assert (typed["contact_phone"], typed["accent"]) == ("020 7946 0999", "plum")
    assert (uk_now().logo, uk_now().contact_phone) == (None, "020 7946 0000")
    assert sent(client, encoded(drawn()), contact_phone="1").status_code == 303


def test_a_heavy_file_is_refused_before_it_is_looked_at(context):
    with pytest.raises(RuleBroken, match="900 KB"):
        logo.readable(b" " * (logo.MOST_BYTES + 1))


def test_a_picture_that_came_with_something_wrong_is_asked_for_again(client, uk):
    answer = sent(client, encoded(drawn()), contact_email="nonsense")
    assert answer.status_code == 422
    assert "Choose the logo once more" in answer.text
    assert uk_now().logo is None


def test_of_ten_thousand_pictures_only_the_first_is_read(context):
    assert logo.readable(animation(10_000)).width == 64


def test_a_far_too_large_file_is_refused_unread(client, uk):
    answer = client.post(
        "/uk/settings", data=b"\0" * 25_000_000, content_type="multipart/form-data; boundary=x", headers=HERE
    )
    assert answer.status_code == 413
    assert "the file smaller" in answer.text
    assert uk_now().logo is None


def test_text_in_place_of_a_file_counts_for_nothing(client, uk):
    form = opened(client, "/uk/settings").forms[-1]
    assert client.post("/uk/settings", data={**defaults(form), "logo": "x" * 500}).status_code == 303
    assert uk_now().logo is None


def test_only_officers_change_the_logo_and_only_by_the_form_of_the_page(client, uk):
    file = encoded(drawn())
    forged = client.post(
        "/uk/settings",
        data={"logo": (BytesIO(file), "logo.png")},
        content_type="multipart/form-data",
        headers=HERE,
    )
    assert forged.status_code == 400
    ann = builders.a_member(uk)
    with pytest.raises(NotAllowed):
        changed(uk_now(), builders.acting(ann, uk), file)
    db.session.rollback()
    form = defaults(opened(client, "/uk/settings").forms[-1])
    builders.sign_in(client, ann)
    opened(client, "/uk/settings", 403)
    late = client.post(
        "/uk/settings", data={**form, "logo": (BytesIO(file), "logo.png")}, content_type="multipart/form-data"
    )
    assert late.status_code in (400, 403)
    assert uk_now().logo is None


def test_the_second_of_two_who_upload_at_once_reads_so(client, uk):
    sam = builders.acting(db.session.get_one(Person, 1), uk)
    first, second = encoded(drawn()), encoded(drawn(size=(90, 90)))
    seen = settings.fingerprint(uk_now())
    changed(uk_now(), sam, first)
    with pytest.raises(Stale), transaction():
        settings.change(
            uk_now(), settings.values(uk_now()), logo=logo.readable(second), seen=seen, by=sam, via=Door.WEB
        )
    assert uk_now().logo_digest == logo.readable(first).digest


def test_no_page_reads_the_bytes_of_the_logo(client, uk):
    sent(client, encoded(drawn()))
    for path in ("/uk/", "/uk/about", "/uk/decisions", "/uk/settings"):
        with counted() as statements:
            opened(client, path)
        assert not [each for each in statements if "network_logo" in str(each)], path


def test_the_check_of_the_record_notices_another_logo(client, uk):
    sent(client, encoded(drawn()))
    db.session.remove()
    assert list(faults_of(1)) == []
    with transaction():
        db.session.execute(update(NetworkLogo).values(png=logo.readable(encoded(drawn(size=(50, 50)))).png))
    assert "the logo is not the one that was recorded" in str(list(faults_of(1)))


@pytest.mark.parametrize("values", [{"png": b""}, {"png": b"x" * (LARGEST_LOGO + 1)}, {"digest": "short"}])
def test_the_database_itself_bounds_a_logo(client, uk, values):
    whole = {"network_id": 1, "digest": "0" * 64, "png": b"x", **values}
    with pytest.raises(IntegrityError), transaction():
        db.session.add(NetworkLogo(**whole))


@pytest.mark.parametrize(
    "values",
    [
        {"logo_width": 5},
        {"logo_width": 5, "logo_height": 5},
        {"logo_digest": "0" * 64},
        {"logo_width": 641, "logo_height": 5, "logo_digest": "0" * 64},
    ],
)
def test_a_logo_s_size_is_there_with_its_digest_or_not_at_all(client, uk, values):
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(update(Network).values(**values))


def test_a_file_is_never_too_odd_for_words(context):
    from random import Random

    random = Random(11)
    whole = [
        encoded(drawn("P")),
        encoded(drawn(), "JPEG"),
        encoded(drawn(), "WEBP"),
        encoded(drawn("P"), "GIF"),
    ]
    fields = set()
    for _ in range(400):
        file = bytearray(random.choice(whole))
        for _ in range(random.randint(1, 12)):
            file[random.randrange(len(file))] = random.randrange(256)
        try:
            logo.readable(bytes(file))
        except RuleBroken as refused:
            fields.add(refused.field)
    assert fields == {"logo"}


def test_the_second_of_two_who_send_a_picture_sees_both(client, uk):
    form = defaults(opened(client, "/uk/settings").forms[-1])
    sent(client, encoded(drawn()))
    data = {
        **form,
        "logo": (BytesIO(encoded(drawn(size=(90, 90)))), "second.png"),
        "contact_phone": "020 7946 0777",
    }
    late = client.post("/uk/settings", data=data, content_type="multipart/form-data")
    assert late.status_code == 409
    for words in ("one is shown", "the picture that you chose", "020 7946 0777"):
        assert words in late.text


def test_of_many_uploads_at_the_very_same_time_one_is_kept(app):
    with app.app_context():
        network = builders.a_network()
        sam, seen = (
            builders.acting(builders.a_steering_member(network), network),
            settings.fingerprint(network),
        )

    def upload(size):
        with app.test_request_context():
            try:
                picture = logo.readable(encoded(drawn(size=(size, size))))
                with transaction():
                    here = db.session.get_one(Network, 1)
                    settings.change(here, {}, logo=picture, seen=seen, by=sam, via=Door.WEB)
            except Stale:
                return ""
            finally:
                db.session.remove()
            return picture.digest

    with ThreadPoolExecutor(4) as pool:
        kept = [each for each in pool.map(upload, range(100, 180, 10)) if each]
    with app.app_context():
        assert kept == [uk_now().logo_digest]
        assert list(faults_of(1)) == []
        db.session.remove()
