"""What WhatsApp itself writes into an exported chat, in the languages of its users: media, deletions, system lines.

Languages: English, German, Spanish, French, Italian, Portuguese, Turkish, Arabic, Persian, Swedish, Vietnamese,
Albanian, as far as exports and the apps' own lists of texts show them. What is not known here stays a message's text,
or is rejected as a system line of an unknown kind: nothing is guessed from how it looks.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from loaders.whatsapp_headers import UNSEEN

#: iOS puts it before all that the app writes in place of a message.
MARK = "\u200e"
#: Who exported the chat, in a system line: an empty name, which nobody has.
YOU = ""
_MARKS = re.compile(f"[{UNSEEN}]")
_BLANKS = re.compile("[\u00a0\u2009\u202f]")


def plain(text: str) -> str:
    """Return a text without marks of direction, with ordinary blanks, without blanks at its ends."""
    if text.isascii():
        return text.strip()
    return _BLANKS.sub(" ", _MARKS.sub("", text)).strip()


def _folded(text: str) -> str:
    return plain(text).casefold().rstrip(".")


def _phrases(*texts: str) -> frozenset[str]:
    return frozenset(_folded(text) for text in texts)


_DELETED = _phrases(
    "This message was deleted", "This message was deleted by an admin", "You deleted this message as admin",
    "Diese Nachricht wurde gelöscht", "Se eliminó este mensaje", "Este mensaje fue eliminado",
    "Ce message a été supprimé", "Questo messaggio è stato eliminato", "Esta mensagem foi apagada",
    "Essa mensagem foi apagada", "Mensagem apagada", "Bu mesaj silindi", "تم حذف هذه الرسالة", "این پیام حذف شد",
    "این پیام حذف شده است", "Det här meddelandet raderades", "Detta meddelande raderades",
    "Tin nhắn này đã bị xóa", "Tin nhắn này đã bị xoá",
)  # fmt: skip
#: Portuguese "Mensagem apagada" and "Esta mensagem foi apagada" stand for anybody's deletions and are not here.
_DELETED_OWN = _phrases(
    "You deleted this message", "Du hast diese Nachricht gelöscht", "Eliminaste este mensaje",
    "Vous avez supprimé ce message", "Hai eliminato questo messaggio", "Você apagou esta mensagem",
    "Bu mesajı sildiniz", "لقد حذفت هذه الرسالة", "لقد حذَفت هذه الرسالة", "أنت حذفت هذه الرسالة",
    "شما این پیام را حذف کردید", "Du raderade det här meddelandet", "Du raderade detta meddelande",
    "Du har tagit bort meddelandet", "Bạn đã xóa tin nhắn này", "Bạn đã xoá tin nhắn này",
)  # fmt: skip
_EDITED = re.compile(
    rf"\s?[{UNSEEN}]?<(?:This message was edited|Diese Nachricht wurde bearbeitet|Se editó este mensaje"
    r"|Ce message a été modifié|Questo messaggio è stato modificato|Mensagem editada|Esta mensagem foi editada"
    rf"|Bu mesaj düzenlendi|تم تعديل هذه الرسالة)\.?>[{UNSEEN}]?\Z",
    re.IGNORECASE,
)
#: In place of any media, on Android.
_OMITTED = _phrases(
    "<Media omitted>", "<Medien ausgeschlossen>", "<Medien weggelassen>", "<Multimedia omitido>", "<Archivo omitido>",
    "<Médias omis>", "<Fichier omis>", "<Media omessi>", "<Media omesso>", "<Mídia oculta>", "<Mídia omitida>",
    "<Arquivo de mídia oculto>", "<Ficheiro não revelado>", "<Medya dahil edilmedi>", "<Medya atlanmış>",
    "<تم استبعاد الوسائط>", "<رسانه حذف شد>", "<Media utelämnat>", "<Media har utelämnats>",
    "<Bỏ qua tệp phương tiện>", "<Bỏ qua Media>", "<Media u hoq>", "<Media hequr>",
)  # fmt: skip
#: In place of media of one kind, on iOS.
_OMITTED_KINDS: dict[str, tuple[str, ...]] = {
    "image": (
        "image omitted", "Bild weggelassen", "imagen omitida", "image absente", "immagine omessa", "imagem ocultada",
        "imagem não revelada", "görüntü dahil edilmedi", "لم يتم إدراج الصورة", "تصویر حذف شد", "bild utesluten",
        "đã bỏ qua hình ảnh",
    ),
    "video": (
        "video omitted", "video note omitted", "Video weggelassen", "video omitido", "vidéo absente", "video omesso",
        "vídeo omitido", "vídeo não revelado", "video dahil edilmedi", "لم يتم إدراج الفيديوهات", "ویدیو حذف شد",
        "video utesluten", "đã bỏ video",
    ),
    "audio": (
        "audio omitted", "Audio weggelassen", "audio omitido", "audio omis", "audio omesso", "áudio ocultado",
        "ficheiro de áudio não revelado", "ses dahil edilmedi", "لم يتم إدراج المقاطع الصوتية", "صدا حذف شد",
        "ljud utelslutet", "ljud uteslutet", "bỏ qua tệp âm thanh",
    ),
    "sticker": (
        "sticker omitted", "Sticker weggelassen", "sticker omitido", "sticker omis", "sticker non incluso",
        "figurinha omitida", "sticker não revelado", "Çıkartma dahil edilmedi", "تم حذف الملصقات", "استیکر حذف شد",
        "sticker utesluten", "đã bỏ sticker",
    ),
    "gif": (
        "GIF omitted", "GIF weggelassen", "GIF omitido", "GIF retiré", "GIF esclusa", "GIF não revelada",
        "GIF dahil edilmedi", "لم يتم إدراج صورة GIF", "GIF حذف شد", "GIF utesluten", "Đã bỏ qua ảnh GIF",
    ),
    "file": (
        "document omitted", "Dokument weggelassen", "documento omitido", "document manquant", "documento omesso",
        "documento não revelado", "belge dahil edilmedi", "لم يتم إدراج المستند", "سند حذف شد", "dokument uteslutet",
        "đã bỏ qua tài liệu",
    ),
    "contact card": (
        "Contact card omitted", "Kontaktkarte ausgelassen", "Tarjeta de contacto omitida", "Fiche contact manquante",
        "Scheda contatto omessa", "Cartão do contato omitido", "Contacto não revelado", "Kişi kartı dahil edilmedi",
        "لم يتم إدراج بطاقة جهة اتصال", "برگ مخاطب حذف شد", "Kontaktkort uteslutet", "Bỏ qua thẻ liên lạc",
    ),
}  # fmt: skip
_KIND_OF = {_folded(phrase): kind for kind, phrases in _OMITTED_KINDS.items() for phrase in phrases}
_LONGEST_PHRASE = 60
_ATTACHED = re.compile(
    rf"[{UNSEEN}]{{0,3}}(?P<name>[^\n]{{1,250}}?\.\w{{1,5}}) \((?:file attached|Datei angehängt|archivo adjunto"
    r"|archivo adjuntado|fichier joint|file allegato|arquivo anexado|ficheiro anexado|dosya ekli|الملف مرفق"
    rf"|پیوست شد|bifogad fil|tệp đính kèm|skedë e ngjitur)\)[{UNSEEN}]?(?:\n|\Z)"
)
#: The same in any language, for names that WhatsApp gives.
_ATTACHED_BY_NAME = re.compile(
    rf"[{UNSEEN}]{{0,3}}(?P<name>(?:IMG|VID|AUD|PTT|STK|DOC)-\d{{8}}-WA\d{{4,6}}\.\w{{2,5}}) \([^()\n]{{2,40}}\)"
    rf"[{UNSEEN}]?(?:\n|\Z)"
)
_ATTACHED_IOS = re.compile(
    r"<(?:attached|Anhang|angehängt|adjunto|pièce jointe|allegato|anexado|anexo|المُرفق|مرفق|پیوست|eklendi|bifogat"
    rf"|đính kèm)[ \u00a0]?: (?P<name>[^<>\n]{{1,250}})>[{UNSEEN}]?\Z"
)
_KINDS_OF_ENDINGS = {
    **dict.fromkeys(("jpg", "jpeg", "png", "heic", "bmp"), "image"),
    **dict.fromkeys(("mp4", "mov", "3gp", "avi", "mkv"), "video"),
    **dict.fromkeys(("opus", "m4a", "mp3", "aac", "ogg", "amr", "wav"), "audio"),
    "webp": "sticker",
    "gif": "gif",
    "vcf": "contact card",
}


class Content(NamedTuple):
    """What a message holds: text, kind of media and its file's name, ``deleted`` or ``edited``.

    ``own`` is True where the app says that whoever exported the chat deleted it.
    """

    text: str | None
    media: str | None = None
    name: str | None = None
    status: str | None = None
    own: bool = False


def content_of(body: str) -> Content:
    """Return what a message holds, without what the app wrote in place of media or after a text that was edited."""
    short = _folded(body) if len(body) <= _LONGEST_PHRASE else ""
    if short in _DELETED or short in _DELETED_OWN:
        return Content(None, status="deleted", own=short in _DELETED_OWN)
    if short in _KIND_OF:
        return Content(None, _KIND_OF[short])
    status = None
    if body.rstrip(f"{MARK} ").endswith(">") and (edited := _EDITED.search(body, max(0, len(body) - _LONGEST_PHRASE))):
        body, status = body[: edited.start()], "edited"
    media, name, text = _media(body)
    text = text.lstrip(MARK)  # the app's, before "Missed voice call", "POLL:" and the like
    return Content(text if text.strip(f"{MARK} \t\n\u00a0") else None, media, name, status)


def _media(body: str) -> tuple[str | None, str | None, str]:
    """Return the kind of what is attached, its file's name, and the text around it."""
    first, _, rest = body.partition("\n")
    if len(first) <= _LONGEST_PHRASE and _folded(first) in _OMITTED:
        return "media", None, rest
    if found := _ATTACHED.match(body) or _ATTACHED_BY_NAME.match(body):
        return _kind(found["name"]), found["name"], body[found.end() :]
    caption, mark, last = body.rpartition(MARK)
    if mark and (found := _ATTACHED_IOS.match(last)):
        name = plain(found["name"])
        return _kind(name), name, _without_name(caption, name)
    if mark and len(last) <= _LONGEST_PHRASE and (kind := _KIND_OF.get(_folded(last))):
        # "price list.pdf • 3 pages document omitted": of a document, the name stands where captions do.
        name = plain(caption).partition(" • ")[0] if kind == "file" else ""
        return kind, name or None, "" if name else caption.rstrip()
    if body.startswith("<") and (found := _ATTACHED_IOS.match(body)):
        return _kind(found["name"]), found["name"], ""
    return None, None, body


def _without_name(caption: str, name: str) -> str:
    """Return a caption; a file's own name and number of pages, which iOS writes there, is none."""
    before = plain(caption).partition(" • ")[0]
    return "" if before and name.endswith(before) else caption.rstrip()


def _kind(name: str) -> str:
    """Return the kind of media of a file's name."""
    return _KINDS_OF_ENDINGS.get(name.rpartition(".")[2].lower(), "file")


class System(NamedTuple):
    """A system line: what happened, who did it and to whom, and what the group was called from then on.

    ``who`` and ``whom`` are names as they stand there, ``YOU`` whoever exported the chat, ``None`` where the line does
    not say. ``group`` is True where there are such lines in groups only.
    """

    what: str
    who: str | None = None
    whom: str | None = None
    title: str | None = None
    group: bool = True


_Q = r"[\"“”„«»']"
_TITLE = rf"{_Q}\s?(?P<title>.{{1,120}}?)\s?{_Q}"
#: Of a line: what it tells, and how each language says it. Pronouns for ``who`` and ``whom`` are in ``_SELF``.
_PATTERNS: tuple[tuple[str, str], ...] = (
    # English
    ("created", rf"(?P<who>.+?) created (?:this |the )?group(?: {_TITLE})?"),
    ("subject", rf"(?P<who>.+?) changed the (?:subject|group name) (?:from {_Q}.*{_Q} )?to {_TITLE}"),
    ("added", r"(?P<whom>.+?) (?:was|were) added by (?P<who>.+)"),
    ("added", r"(?P<whom>.+?) (?:was|were) added"),
    ("added", r"(?P<who>.+?) added (?P<whom>.+)"),
    ("removed", r"(?P<whom>.+?) (?:was|were) removed(?: by (?P<who>.+))?"),
    ("removed", r"(?P<who>.+?) removed (?P<whom>.+)"),
    ("joined", r"(?P<who>.+?) joined(?: the group| using .+| from .+| via .+)?"),
    ("left", r"(?P<who>.+?) left(?: the group)?"),
    ("number", r"(?P<who>.+?) changed their phone number\b.*"),
    ("settings", r"(?P<who>.+?) (?:changed (?:this group's|the group)|turned (?:on|off) admin approval) .+"),
    # German
    ("created", rf"(?P<who>.+?) (?:hat|hast) (?:die|diese) Gruppe (?:{_TITLE} )?erstellt"),
    ("subject", (rf"(?P<who>.+?) (?:hat|hast) den (?:Betreff|Gruppennamen)(?: der Gruppe)? (?:von {_Q}.*{_Q} )?"
                rf"(?:zu|in|auf) {_TITLE} geändert")),
    ("added", r"(?P<whom>.+?) (?:wurde|wurdest) hinzugefügt"),
    ("added", r"(?P<who>.+?) (?:hat|hast) (?P<whom>.+) hinzugefügt"),
    ("left", r"(?P<who>.+?) (?:hat|hast) die Gruppe verlassen"),
    ("removed", r"(?P<who>.+?) (?:hat|hast) (?P<whom>.+) entfernt"),
    ("joined", r"(?P<who>.+?) (?:ist|bist) .{0,80}beigetreten"),
    # Spanish
    ("created", rf"(?P<who>.+?) creó (?:el|este) grupo(?: {_TITLE})?"),
    ("created", rf"(?P<you>Creaste) (?:el|este) grupo(?: {_TITLE})?"),
    ("subject", rf"(?P<who>.+?) cambió el (?:asunto|nombre)(?: del grupo)? (?:de {_Q}.*{_Q} )?a {_TITLE}"),
    ("added", r"(?P<who>.+?) te (?:añadió|agregó)(?P<me>)"),
    ("added", r"(?P<you>Añadiste|Agregaste) a (?P<whom>.+)"),
    ("added", r"(?P<who>.+?) (?:añadió|agregó) a (?P<whom>.+)"),
    ("removed", r"(?P<who>.+?) (?:eliminó|sacó|quitó) a (?P<whom>.+)"),
    ("joined", r"(?P<you>Te uniste) .+"),
    ("joined", r"(?P<who>.+?) se unió .+"),
    ("left", r"(?P<you>Saliste)(?: del grupo)?"),
    ("left", r"(?P<who>.+?) salió(?: del grupo)?"),
    # French
    ("created", rf"(?P<who>.+?) (?:a|avez) créé (?:le|ce) groupe(?: {_TITLE})?"),
    ("subject", (rf"(?P<who>.+?) (?:a|avez) (?:changé|modifié) (?:le sujet|l['’]objet|le nom)(?: du groupe)? "
                rf"(?:de {_Q}.*{_Q} )?(?:en|à|pour|par) {_TITLE}")),
    ("added", r"(?P<who>.+?) vous a ajouté(?:e|\(e\))?(?P<me>)"),
    ("added", r"(?P<who>.+?) (?:a|avez) ajouté (?P<whom>.+)"),
    ("removed", r"(?P<who>.+?) (?:a|avez) retiré (?P<whom>.+)"),
    ("joined", r"(?P<who>.+?) (?:a|avez) rejoint .+"),
    ("left", r"(?P<who>.+?) (?:a|avez) quitté(?: le groupe)?"),
    # Italian
    ("created", rf"(?P<you>Hai) creato (?:il|questo) gruppo(?: {_TITLE})?"),
    ("created", rf"(?P<who>.+?) ha creato (?:il|questo) gruppo(?: {_TITLE})?"),
    ("subject", rf"(?P<who>.+?) ha (?:cambiato|modificato) l['’]oggetto (?:da {_Q}.*{_Q} )?(?:in|a) {_TITLE}"),
    ("added", r"(?P<who>.+?) ti ha aggiunto(?P<me>)"),
    ("added", r"(?P<you>Hai) aggiunto (?P<whom>.+)"),
    ("added", r"(?P<who>.+?) ha aggiunto (?P<whom>.+)"),
    ("removed", r"(?P<who>.+?) ha rimosso (?P<whom>.+)"),
    ("joined", r"(?P<who>.+?) (?:è entrat[oa]|si è unit[oa]) .+"),
    ("left", r"(?P<who>.+?) ha (?:lasciato|abbandonato)(?: il gruppo)?"),
    # Portuguese
    ("created", rf"(?P<who>.+?) criou (?:o|este) grupo(?: {_TITLE})?"),
    ("subject", rf"(?P<who>.+?) (?:mudou|alterou) o (?:assunto|nome)(?: do grupo)? (?:de {_Q}.*{_Q} )?para {_TITLE}"),
    ("added", r"(?P<who>.+?) adicionou (?P<whom>.+)"),
    ("removed", r"(?P<who>.+?) removeu (?P<whom>.+)"),
    ("joined", r"(?P<who>.+?) entrou(?: no grupo)?(?: usando .+)?"),
    ("left", r"(?P<who>.+?) saiu(?: do grupo)?"),
    # Turkish
    ("created", rf"(?P<who>.+?),? {_TITLE} grubunu oluşturdu"),
    ("created", rf"(?P<you>){_TITLE} grubunu oluşturdunuz"),
    ("added", r"(?P<who>.+?),? sizi ekledi(?P<me>)"),
    ("added", r"(?P<who>.+?), (?P<whom>.+) kişisini ekledi"),
    ("joined", r"(?P<who>.+?),? .{0,80}davet bağlantısıyla katıldı"),
    ("left", r"(?P<who>.+?) (?:gruptan )?ayrıldı"),
    # Swedish
    ("created", rf"(?P<who>.+?) skapade gruppen(?: {_TITLE})?"),
    ("added", r"(?P<who>.+?) lade till (?P<whom>.+)"),
    ("removed", r"(?P<who>.+?) tog bort (?P<whom>.+)"),
    ("joined", r"(?P<who>.+?) gick med .+"),
    ("left", r"(?P<who>.+?) lämnade(?: gruppen)?"),
    # Vietnamese
    ("created", rf"(?P<who>.+?) đã tạo nhóm(?: {_TITLE})?"),
    ("added", r"(?P<who>.+?) đã thêm (?P<whom>.+)"),
    ("joined", r"(?P<who>.+?) đã tham gia .+"),
    ("left", r"(?P<who>.+?) đã rời(?: khỏi)?(?: nhóm)?"),
    # Arabic, Persian and Albanian: that it is a group, but not who and whom, whose order varies.
    ("group", r".*(?:أنشأ|أنشأت) .*(?:المجموعة|مجموعة).*|.*انضم.* .*(?:رابط|دعوة).*|(?:أضاف|أضفت|غادر) .+"),
    ("group", r".+ گروه .*(?:ایجاد کرد|ساخت).*|.+(?:پیوند|لینک) دعوت.+|.+ (?:اضافه|ترک) کرد"),
    ("group", r".+ krijoi grupin.*|.+ u bashkua .*(?:lidhje|link).*|.+ shtoi .+|.+ u largua"),
)  # fmt: skip
_COMPILED = tuple((what, re.compile(pattern)) for what, pattern in _PATTERNS)
_SELF = frozenset(
    "you du dich dig tú usted ustedes vous você siz bạn أنت شما ju".split()  # noqa: SIM905 - read as a sentence
)
_CHANGED_NUMBER = re.compile(
    r"(?P<who>\+[\d\s().-]{6,24}) (?:changed to|cambió a|mudou para) (?P<whom>\+[\d\s().-]{6,24})"
)
_ENCRYPTED = re.compile(
    "end-to-end encrypt|Ende-zu-Ende|extremo a extremo|bout en bout|crittografat|ponta a ponta|ponto a ponto"
    "|uçtan uca|مشفرة|رمزگذاری|krypterad|mã hóa đầu cuối"
)
_CODE = re.compile(
    "security code|Sicherheitsnummer|código de seguridad|code de sécurité|codice di sicurezza|código de segurança"
    "|güvenlik kodu|رمز أمان|کد امنیتی|Mã bảo mật"
)
#: What else is no message of anybody, by what is told of it.
_NOTICES = (
    ("end-to-end encryption", _ENCRYPTED),
    ("a security code", _CODE),
    (
        "disappearing messages",
        re.compile(
            "disappearing messages|message timer|selbstlöschende|mensajes temporales|messages éphémères"
            "|messaggi effimeri|mensagens temporárias|Süreli mesajlar|الرسائل ذاتية الاختفاء"
        ),
    ),
    (
        "a call",
        re.compile(
            "Missed (?:group )?(?:voice|video) call|Verpasster (?:Sprach|Video)anruf|[Ll]lamada perdida|Appel .*manqué"
            "|[Cc]hiamata .*persa|Chamada .*perdida|Cevapsız|فائتة|Missat .*samtal|Cuộc gọi nhỡ"
        ),
    ),
)
_LONGEST_SYSTEM = 300


@lru_cache(maxsize=1 << 12)
def system_of(text: str) -> System | None:
    """Return what a system line tells, ``None`` where it is of no kind that is known here."""
    line = plain(text)
    for what, notice in _NOTICES:
        if notice.search(line[:_LONGEST_SYSTEM]):
            return System(what, group=False)
    if len(line) > _LONGEST_SYSTEM or "\n" in line:
        return None
    line = line.rstrip(".")
    if found := _CHANGED_NUMBER.fullmatch(line):
        return System("number", found["who"], found["whom"], group=False)
    for what, pattern in _COMPILED:
        if found := pattern.fullmatch(line):
            return _told(what, found.groupdict())
    return None


def _told(what: str, found: dict[str, str | None]) -> System:
    who = YOU if "you" in found else _name(found.get("who"))
    whom = YOU if "me" in found else _name(found.get("whom"))
    return System(what, who, whom, found.get("title"), group=what != "number")


def _name(written: str | None) -> str | None:
    """Return a name, or ``YOU`` for a pronoun."""
    if written is None:
        return None
    name = written.strip()
    return YOU if name.casefold() in _SELF else name
