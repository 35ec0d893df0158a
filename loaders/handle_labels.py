"""What apps are called before somebody's name on them, in the languages of the adverts; and words that are no names."""

from __future__ import annotations

import re

#: App names in lower case, by platform; ``pay:`` before those of services that move money.
LABELS: dict[str, str] = {
    "instagram": (
        "insta|instagram|ig|ins|"
        "انستا|انستقرام|انستغرام|انستجرام|انستاغرام|إنستا|إنستغرام|إنستقرام|إنستجرام|أنستا|أنستغرام|الانستا|الانستغرام|"
        "الانستقرام|الإنستا|اینستا|اینستاگرام|ایسنتاگرام|ئینستا|ئینستاگرام|ئینستگرام|ئینستەگرام"
    ),
    "telegram": (
        "telegram|tele|teleg|télégram|telegramm|tlgrm|telgram|tg|teleqram|"
        "تلغرام|تليغرام|تيليغرام|تليجرام|تلجرام|تيليجرام|تلقرام|تليقرام|تيليقرام|تلكرام|تليكرام|التلغرام|التليغرام|"
        "التليجرام|التلي|تلي|تيلي|تلگرام|تیلگرام|تلگ|تێلێگرام|تیلیگرام|تەلەگرام|تێلیگرام|تێلەگرام"
    ),
    "tiktok": (
        "tiktok|tik tok|tik-tok|tóp tóp|toptop|tt|"
        "تيك توك|تيكتوك|التيك توك|التيكتوك|التيك|تيك|تیک تاک|تیکتاک|تیک‌تاک|تیک توک|تیکتۆک|تیک تۆک|تیك تۆك"
    ),
    "snapchat": (
        "snap|snapchat|snap chat|sc|سناب|سناب شات|سنابشات|السناب|السناب شات|اسنپ چت|اسنپچت|"
        "اسنپ‌چت|سناپ|سناپچات|سناپ چات|👻"
    ),
    "facebook": (
        "facebook|fb|face book|feysbuk|"
        "فيسبوك|فيس بوك|الفيسبوك|الفيس بوك|الفيس|فيس|فیسبوک|فیس بوک|فەیسبووک|فەیس بووک|فەیسبوک|فیسبووک"
    ),
    "x": "twitter|twiter|تويتر|توييتر|توییتر|تویتەر|x|𝕏",
    "youtube": "youtube|you tube|yt|يوتيوب|اليوتيوب|یوتیوب|یوتوب",
    "threads": "threads|ثريدز",
    "vk": "vk|vkontakte|вк",
    "zalo": "zalo",
    "line": "line id|lineid",
    "wechat": "wechat|weixin|微信",
    "skype": "skype|سكايب|اسکایپ",
    "kik": "kik",
    "discord": "discord|ديسكورد|دیسکورد",
    "wickr": "wickr|wickr me",
    "threema": "threema|threema id",
    "signal": "signal|سيغنال|سیگنال",
    "linktree": "linktree",
    "pay:paypal": "paypal|pay pal|باي بال|بايبال|پی پال",
    "pay:cashapp": "cashapp|cash app",
    "pay:venmo": "venmo",
    "pay:revolut": "revolut|revtag",
    "pay:upi": "upi|gpay|google pay|phonepe|paytm|bhim",
}
#: The platform of each label.
PLATFORM_OF = {word: platform for platform, words in LABELS.items() for word in words.split("|")}
#: Labels of so common a shape that only "label: @name" is taken.
ONLY_WITH_BOTH = frozenset({"x", "𝕏", "tt", "sc"})
#: Platforms where people stand under their own names: a single plain word after such a label is none's handle.
NAMES_OF_PEOPLE = frozenset({"facebook", "youtube", "x", "signal", "skype", "discord", "linktree", "line"})

#: Between a label and a name there may be up to three of these.
FILLERS = (
    "account|accounts|acc|acct|page|pages|profile|profil|profili|id|ids|handle|user|username|user name|name|channel|"
    "under the name|by the name|under|called|is|it is|it's|its|"
    "me|im|ime|imi|yne|tim|jam|eshte|është|c'est|est|compte|moi|mon|hesap|hesabı|hesabım|adresim|yazın|ulaşın|ekleyin|"
    "kanal|kanali|kanalı|kanalım|grup|group|konto|heter|är|min|mitt|của em|của mình|mình|là|kênh|nick|nik|chat|"
    "حسابي|حساب|حسابنا|اسمي|اسم|هو|هي|هوه|تبعي|تبعنا|مالي|مالتي|بتاعي|قناة|قناتي|صفحة|صفحتي|يوزر|يوزري|معرف|شات|"
    "ناوم|آیدی|ایدی|ایدیم|آیدیم|پیج|صفحه|کانال|من|ما|ئایدی|هەژمار|ئەکاونت|پەیج|چەناڵ"
)
#: Between two labels that share one name, as in "IG / TikTok: @name".
CONNECTORS = re.compile(r"[ \t]*(?:[/&+,|\\]|and|or|og|och|ve|et|dhe|và|und|و|أو|یا|و ال)[ \t]*")
#: After "@name", before the label: "@name on insta", "@name (IG)".
BEFORE_LABEL = re.compile(
    r"[ \t]*(?:\([ \t]*|[ \t](?:on|in|sur|på|në|ne|trên|via|by|auf|my|على|علي|عال|ع|در|تو|لە)[ \t]+(?:my[ \t]+)?)\Z"
)

#: What stands after labels and is no name, alone or at the end of a line.
NO_NAMES = frozenset({
    "yes", "no", "ok", "here", "there", "soon", "now", "later", "also", "too", "only", "same", "all", "none", "new",
    "old", "live", "story", "stories", "post", "posts", "reel", "reels", "video", "videos", "channel", "group", "page",
    "account", "profile", "link", "links", "bio", "inbox", "pm", "dm", "message", "messages", "available", "closed",
    "open", "blocked", "banned", "deleted", "hacked", "gone", "down", "active", "private", "public", "official",
    "admin", "support", "help", "contact", "join", "follow", "share", "like", "subscribe", "click", "send", "write",
    "call", "text", "whatsapp", "telegram", "instagram", "insta", "snap", "snapchat", "tiktok", "facebook", "twitter",
    "youtube", "viber", "signal", "messenger", "imo", "zalo", "line", "gmail", "email", "mail", "phone", "number",
    "online", "free", "premium", "news", "today", "tomorrow", "yesterday", "tonight", "weekly", "daily", "travel",
    "visa", "price", "prices", "team", "everyone", "someone", "nobody", "anyone", "home", "world", "search", "explore",
    "username", "covid19", "covid_19", "web3", "top10", "top100", "iphone14", "iphone15", "iphone16", "android14",
    "http", "https", "www", "com", "oui", "non", "ici", "bientôt", "nouveau", "evet", "hayır", "yok", "var", "burada",
    "yakında", "po", "jo", "ketu", "këtu", "shpejt", "ja", "nej", "här", "snart", "inga", "có", "không", "đây", "sắp",
})  # fmt: skip
