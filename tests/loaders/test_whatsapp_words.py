"""WhatsApp's exported chats: what the app itself writes, told from what people write."""

from __future__ import annotations

import time
from typing import Any

import pytest

from loaders.whatsapp_scene import split
from loaders.whatsapp_words import YOU, content_of, system_of

L, RLM = "\u200e", "\u200f"


@pytest.mark.parametrize(
    ("line", "sender", "body"),
    [
        ("Bob: hi", "Bob", "hi"),
        ("Bob: Ann: hi", "Bob", "Ann: hi"),
        ("Bob:", "Bob", ""),
        ("Bob: ", "Bob", ""),
        (f"{RLM}علی{RLM}: سلام", "علی", "سلام"),
        ("15/04/2016: a name like a date", "15/04/2016", "a name like a date"),
        ("Bob: - a dash", "Bob", "- a dash"),
        ("Bob: two\nlines: here", "Bob", "two\nlines: here"),
        (": no name", None, ": no name"),
        ("no sender\nbut: later", None, "no sender\nbut: later"),
        ("x" * 121 + ": too long for a name", None, "x" * 121 + ": too long for a name"),
        ('Ann created group "Trip: north"', None, 'Ann created group "Trip: north"'),
        ('Bob: Ann created group "Trip"', "Bob", 'Ann created group "Trip"'),
        ('Bob said "this: that"', 'Bob said "this', 'that"'),
    ],
)
def test_a_sender_ends_at_the_first_colon(line: str, sender: str | None, body: str) -> None:
    assert split(line)[:2] == (sender, body)


@pytest.mark.parametrize(
    ("body", "content"),
    [
        ("words", ("words", None, None, None)),
        ("", (None, None, None, None)),
        (" \u200e ", (None, None, None, None)),
        ("<Media omitted>", (None, "media", None, None)),
        ("<Media omitted>\ncaption", ("caption", "media", None, None)),
        ("<Medien ausgeschlossen>", (None, "media", None, None)),
        ("<تم استبعاد الوسائط>", (None, "media", None, None)),
        ("<bỏ qua tệp phương tiện>", (None, "media", None, None)),
        ("<hello>", ("<hello>", None, None, None)),
        (f"{L}image omitted", (None, "image", None, None)),
        (f"look {L}video omitted", ("look", "video", None, None)),
        ("look video omitted", ("look video omitted", None, None, None)),
        (f"{L}ses dahil edilmedi", (None, "audio", None, None)),
        (f"{L}list.pdf • {L}3 pages {L}document omitted", (None, "file", "list.pdf", None)),
        ("IMG-20240513-WA0001.jpg (file attached)", (None, "image", "IMG-20240513-WA0001.jpg", None)),
        (f"{L}VID-20240513-WA0001.mp4 (soubor byl přiložen)\ntext", ("text", "video", "VID-20240513-WA0001.mp4", None)),
        ("price list (1).pdf (Datei angehängt)", (None, "file", "price list (1).pdf", None)),
        ("notes.txt (see there)", ("notes.txt (see there)", None, None, None)),
        ("Bob Agent.vcf (archivo adjunto)", (None, "contact card", "Bob Agent.vcf", None)),
        (f"{L}<attached: 0001-AUDIO-2024.opus>", (None, "audio", "0001-AUDIO-2024.opus", None)),
        (f"two for one {L}<Anhang: 0001-PHOTO.jpg>", ("two for one", "image", "0001-PHOTO.jpg", None)),
        (f"list.pdf • {L}3 pages {L}<adjunto: 0001-list.pdf>", (None, "file", "0001-list.pdf", None)),
        (f"{L}<pièce jointe\u00a0: 0001-STICKER.webp>", (None, "sticker", "0001-STICKER.webp", None)),
        ("This message was deleted", (None, None, None, "deleted")),
        (f"{L}Diese Nachricht wurde gelöscht.", (None, None, None, "deleted")),
        ("You deleted this message as admin", (None, None, None, "deleted")),
        ("This message was deleted by me", ("This message was deleted by me", None, None, None)),
        ("new price <This message was edited>", ("new price", None, None, "edited")),
        (f"neu {L}<Diese Nachricht wurde bearbeitet.>", ("neu", None, None, "edited")),
        ("<This message was edited> not at the end", ("<This message was edited> not at the end", None, None, None)),
        (f"{L}Missed voice call", ("Missed voice call", None, None, None)),
        ("location: https://maps.google.com/?q=1,2", ("location: https://maps.google.com/?q=1,2", None, None, None)),
        ("null", ("null", None, None, None)),
    ],
)
def test_what_the_app_wrote_is_told_from_what_a_person_wrote(body: str, content: tuple[Any, ...]) -> None:
    assert content_of(body)[:4] == content


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('Ann created group "Trip"', ("created", "Ann", None, "Trip")),
        ("You created group “Trip”", ("created", YOU, None, "Trip")),
        ("Ann hat die Gruppe „Reise“ erstellt.", ("created", "Ann", None, "Reise")),
        ("Creaste el grupo “Viaje”", ("created", YOU, None, "Viaje")),
        ("Ann a créé le groupe « Voyage »", ("created", "Ann", None, "Voyage")),
        ("Hai creato il gruppo “Viaggio”", ("created", YOU, None, "Viaggio")),
        ("Ann criou o grupo “Viagem”", ("created", "Ann", None, "Viagem")),
        ("“Yol” grubunu oluşturdunuz", ("created", YOU, None, "Yol")),
        ("Ann “Yol” grubunu oluşturdu", ("created", "Ann", None, "Yol")),
        ("Ann skapade gruppen ”Resa”", ("created", "Ann", None, "Resa")),
        ("Ann đã tạo nhóm “Đi”", ("created", "Ann", None, "Đi")),
        ('Ann changed the subject from "Trip" to "Boats"', ("subject", "Ann", None, "Boats")),
        ("Ann hat den Betreff von „A“ zu „B“ geändert", ("subject", "Ann", None, "B")),
        ("Ann added Bob", ("added", "Ann", "Bob", None)),
        ("Ann added you", ("added", "Ann", YOU, None)),
        ("You were added", ("added", None, YOU, None)),
        ("Bob was added by Ann", ("added", "Ann", "Bob", None)),
        ("Du hast Bob hinzugefügt", ("added", YOU, "Bob", None)),
        ("Ann hat dich hinzugefügt", ("added", "Ann", YOU, None)),
        ("Ann te añadió", ("added", "Ann", YOU, None)),
        ("Añadiste a Bob", ("added", YOU, "Bob", None)),
        ("Ann vous a ajouté(e)", ("added", "Ann", YOU, None)),
        ("Ann ti ha aggiunto", ("added", "Ann", YOU, None)),
        ("Ann adicionou você", ("added", "Ann", YOU, None)),
        ("Ann sizi ekledi", ("added", "Ann", YOU, None)),
        ("Ann lade till dig", ("added", "Ann", YOU, None)),
        ("Bạn đã thêm Bob", ("added", YOU, "Bob", None)),
        ("Bob joined using this group's invite link", ("joined", "Bob", None, None)),
        ("Te uniste mediante el enlace de invitación de este grupo.", ("joined", YOU, None, None)),
        ("Bob ist dieser Gruppe über den Einladungslink beigetreten", ("joined", "Bob", None, None)),
        ("Bob left", ("left", "Bob", None, None)),
        ("+44 7700 900101 changed to +44 7700 900102", ("number", "+44 7700 900101", "+44 7700 900102", None)),
        ('علي أنشأ المجموعة "رحلة"', ("group", None, None, None)),
        ('Agim krijoi grupin "Rruga"', ("group", None, None, None)),
        ("Messages and calls are end-to-end encrypted.", ("end-to-end encryption", None, None, None)),
        ("Missed voice call", ("a call", None, None, None)),
        ("Something that nobody foresaw", None),
        ("Ann added Bob\nand more", None),
        ("Ann added " + "x" * 300, None),
    ],
)
def test_system_lines_are_told_in_their_languages(line: str, told: tuple[Any, ...] | None) -> None:
    found = system_of(line)
    assert (found[:4] if found else None) == told


@pytest.mark.parametrize(
    "text", ["x added ", "x hat y hinzugefügt ", "a.b ", '"', ": ", f"{L}<attached: ", "a.jpg (", "<"]
)
def test_hostile_texts_take_no_time(text: str) -> None:
    long = text * (100_000 // len(text))
    begun = time.perf_counter()
    for body in (long, f"Bob: {long}", f"Bob: {L}{long}"):
        split(body)
        content_of(body)
        system_of(body)
        system_of(body[:300])
    assert time.perf_counter() - begun < 0.5
