"""What accounts of the sample world write: short sentences, all invented for it.

``{phone}`` stands where a number goes, ``{link}`` where an invite link goes. They are kept bland on purpose: a sample
needs the shape of an advert, not its craft.
"""

from __future__ import annotations

ADVERTS = {
    "en": (
        "Seats free this week, calm and safe. Call {phone}",
        "Going north again on Friday, families welcome, write to {phone}",
        "Price lower for two or more. Only serious people: {phone}",
        "All arrived today, thanks to God. Next group is open. {phone}",
        "Ask me how it works, answer day and night {phone}",
    ),
    "fr": (
        "Départ chaque semaine, places limitées, appelez le {phone}",
        "Arrivés ce matin, tout va bien. Pour la suite : {phone}",
        "Familles acceptées, prix pour les groupes. Contact {phone}",
        "On répond jour et nuit {phone}",
    ),
    "ar": (
        "رحلة جديدة هذا الأسبوع، أماكن محدودة، اتصل {phone}",
        "وصلنا اليوم بسلام والحمد لله. للتواصل {phone}",
        "سعر خاص للعائلات، راسلنا على الرقم {phone}",
        "نجيب ليل ونهار {phone}",
    ),
    "ckb": (
        "گەشتی نوێ لەم هەفتەیە، شوێن کەمە، پەیوەندی بکە {phone}",
        "ئەمڕۆ بە سەلامەتی گەیشتین. بۆ پەیوەندی {phone}",
        "نرخی تایبەت بۆ خێزان، بنووسە بۆ {phone}",
    ),
    "sq": (
        "Nisemi çdo javë, vende të lira, më telefono {phone}",
        "Mbërritëm sot të gjithë mirë. Shkruaj në {phone}",
        "Çmim i mirë për familje, kontakti {phone}",
    ),
    "vi": (
        "Chuyến mới tuần này, còn chỗ, gọi {phone}",
        "Hôm nay mọi người đã đến nơi an toàn. Liên hệ {phone}",
        "Giá tốt cho gia đình, nhắn tin {phone}",
    ),
}

ADVERTS_WITHOUT_NUMBER = {
    "en": ("Next group is open, write me in private", "Everybody arrived, see the video", "Few places left, ask"),
    "fr": ("Prochain groupe ouvert, écrivez en privé", "Tout le monde est arrivé, voir la vidéo"),
    "ar": ("المجموعة القادمة مفتوحة، راسلني على الخاص", "وصل الجميع، شاهد الفيديو"),
    "ckb": ("گرووپی داهاتوو کراوەیە، بە تایبەت بنووسە", "هەموو گەیشتن، سەیری ڤیدیۆکە بکە"),
    "sq": ("Grupi tjetër është i hapur, më shkruaj privat", "Të gjithë mbërritën, shiko videon"),
    "vi": ("Nhóm tiếp theo đang mở, nhắn riêng cho tôi", "Mọi người đã đến, xem video"),
}

MEMBER_BIOS = {
    "en": ("Travel day and night {phone}", "Trusted since long {phone}", "North route info: {phone}"),
    "fr": ("Voyage, jour et nuit {phone}", "Contact sérieux {phone}"),
    "ar": ("سفر وحجز {phone}", "للتواصل فقط {phone}"),
    "ckb": ("گەشت و سەفەر {phone}", "پەیوەندی {phone}"),
    "sq": ("Udhëtime çdo javë {phone}", "Kontakt {phone}"),
    "vi": ("Du lịch mỗi tuần {phone}", "Liên hệ {phone}"),
}

ASKS = (
    "Does anybody know {phone}? Can I trust him?",
    "My cousin gave me {phone}, did somebody go with them?",
    "Is {phone} still working? Nobody answers me",
    "Quelqu'un connaît le {phone} ? C'est sérieux ?",
    "هل يعرف أحد هذا الرقم {phone}؟ هل هو صادق؟",
    "کەس ئەم ژمارەیە دەناسێت {phone}؟",
    "A e njeh dikush këtë numër {phone}?",
    "Có ai biết số {phone} này không?",
)

ASKS_WITHOUT_NUMBER = (
    "How much is it for a family of four?",
    "Is the road open this week?",
    "Please help, I am here for two months now",
    "هل الطريق مفتوح؟",
    "Combien de temps ça prend ?",
)

REPORTS = (
    "Our research: these numbers stand in dozens of adverts: {phones}",
    "We followed the groups for weeks. They used {phones}",
    "Enquête : les numéros que nous avons trouvés, {phones}",
)

QUOTES = (
    "Somebody sent me this: “call {phone}”. Careful, people!",
    "They keep spamming {phone} under my videos",
    "My brother lost his money, the number was {phone}",
    "Faites attention au {phone}, c'est une arnaque",
)

HELP_LINE_POSTS = (
    "In danger at sea? Call {phone} at once",
    "Free legal help, every day: {phone}",
    "Si vous êtes en danger, appelez le {phone}",
    "إذا كنت في خطر اتصل {phone}",
    "Save this number: {phone}",
)

HELP_LINE_BIOS = ("Emergency at sea {phone}", "In danger? {phone}", "🆘 {phone}", "Help line: {phone}")

AGENT_POSTS = (
    "Licensed travel agency. Flights and visas, office {phone}",
    "Summer offers at our office, reserve at {phone}",
    "Agence agréée, billets et visas : {phone}",
)

SMALL_TALK = (
    "Good morning from the hills",
    "What a match yesterday",
    "New song is out, love it",
    "Rain again, coffee again",
    "My grandmother's bread, step by step",
    "Selling my bike, 120 euros, pick up in town",
    "Exam on 12.06., wish me luck",
    "Belle journée à tous",
    "صباح الخير",
    "Order 20240117-4431 arrived broken",
    "Mirëmëngjes",
    "Chúc mọi người một ngày tốt lành",
    "ڕۆژتان باش",
)

OWN_NUMBER_POSTS = ("Hairdresser at home, {phone}", "Flat to let, call {phone}", "Repairs of all phones {phone}")

FAN_POSTS = ("Tour dates soon!! 💜", "Stream it again tonight", "Who else cried at the end", "Join us {link}")
FAN_BIOS = ("fan account 💜 {link}", "we are many, join {link}", "only for the band {link}")

PLAIN_BIOS = ("father of two", "student", "coffee, books, rain", "كرة القدم حياتي", "photos of my town", "")
JOURNALIST_BIO = "Reporter. I write about borders."
NGO_BIO = "We answer day and night: {phone}"

#: Words that names are made of.
NAME_WORDS = """
Amber Anvil Arrow Aspen Basil Beacon Birch Bramble Brook Candle Cedar Cinder Clover Copper Coral Cotton Crane Delta
Drift Dune Ember Falcon Feather Fern Flint Forest Garnet Ginger Granite Harbor Hazel Heron Indigo Iris Ivory Jade
Juniper Kestrel Lagoon Lantern Laurel Lemon Linen Lotus Maple Marble Meadow Mint Mist Moss Nectar Nutmeg Oak Ocean
Olive Onyx Opal Orbit Otter Pebble Pepper Pine Plum Poppy Quartz Quill Raven Reed River Rowan Saffron Sage Sand
Shell Silver Slate Sparrow Spruce Stone Storm Sugar Summit Tansy Thistle Tide Timber Topaz Tulip Umber Velvet Violet
Walnut Willow Winter Wren Yarrow Zephyr
"""
