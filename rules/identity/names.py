"""Reads company names the way a person does: without legal form, case, accents, signs and `The`."""

LETTERS = {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
"""Letters that are no others with an accent."""

ANDS = ("and", "und", "et", "y", "e", "og", "och", "en", "ja")
"""Between two words they mean `&`."""

BEFORE = ("the", "firma", "ooo", "pt")
"""Words before a name that are none of it."""

LEGAL_FORMS = (
    # English
    "ltd", "limited", "llc", "llp", "lp", "plc", "inc", "incorporated", "corp", "corporation", "co", "company", "and co",
    "pty", "pte", "pvt", "private limited", "cic", "dac", "sdn", "bhd", "jsc", "pjsc", "fzco", "fze", "fz llc",
    # German
    "gmbh", "mbh", "ag", "kg", "kgaa", "ohg", "gbr", "ug", "haftungsbeschrankt", "ev", "eg", "ek", "se", "gesmbh",
    # French, Italian, Spanish, Portuguese
    "sa", "s a", "sas", "s a s", "sasu", "sarl", "s a r l", "eurl", "sci", "snc", "scop", "spa", "s p a", "srl", "s r l",
    "srls", "sapa", "sl", "s l", "slu", "sau", "sc", "sca", "cv", "s de rl de cv", "sa de cv", "sab de cv", "lda", "ltda", "eireli",
    # Dutch, Nordic
    "bv", "b v", "nv", "n v", "vof", "bvba", "cvba", "ab", "as", "a s", "asa", "aps", "oy", "oyj", "hf", "ehf",
    # Central and eastern Europe, Asia
    "sp zoo", "sp z oo", "spzoo", "spk", "sro", "s r o", "doo", "d o o", "dd", "kft", "zrt", "nyrt", "sia", "uab",
    "ooo", "oao", "zao", "pao", "kk", "k k", "gk", "tbk",
)  # fmt: skip
"""As they stand at the end of a name, without dots and signs."""

COUNTRIES = {
    "GB": "uk, united kingdom, great britain, britain, england, scotland, wales, northern ireland, gbr",
    "US": "usa, united states, united states of america, america, u s, u s a",
    "DE": "germany, deutschland, deu, ger", "FR": "france, fra", "IT": "italy, italia, ita", "ES": "spain, espana, esp",
    "NL": "netherlands, the netherlands, holland, nederland, nld", "BE": "belgium, belgie, belgique, bel",
    "CH": "switzerland, schweiz, suisse, svizzera, che", "AT": "austria, osterreich, aut", "IE": "ireland, eire, irl",
    "PT": "portugal, prt", "SE": "sweden, sverige, swe", "NO": "norway, norge, nor", "DK": "denmark, danmark, dnk",
    "FI": "finland, suomi, fin", "PL": "poland, polska, pol", "CZ": "czech republic, czechia, cesko, cze",
    "RO": "romania, rou", "HU": "hungary, magyarorszag, hun", "GR": "greece, hellas, grc", "TR": "turkey, turkiye, tur",
    "CA": "canada, can", "MX": "mexico, mex", "BR": "brazil, brasil, bra", "AR": "argentina, arg", "CL": "chile, chl",
    "AU": "australia, aus", "NZ": "new zealand, aotearoa, nzl", "JP": "japan, nippon, jpn", "CN": "china, prc, chn",
    "IN": "india, bharat, ind", "SG": "singapore, sgp", "HK": "hong kong, hkg", "ZA": "south africa, zaf",
    "AE": "united arab emirates, uae, are", "IL": "israel, isr", "KR": "south korea, korea, republic of korea, kor",
    "UA": "ukraine, ukr", "LU": "luxembourg, lux",
}  # fmt: skip
"""ISO code -> what people write for it; any other country is compared as it is written."""


def plain_sql(column: str) -> str:
    """Small letters and digits without accents, single blanks between the words; `&` is `and`."""
    text = f"lower({column})"
    for letter, plain in LETTERS.items():
        text = f"replace({text}, '{letter}', '{plain}')"
    text = rf"regexp_replace(strip_accents({text}), '[.''’`]', '', 'g')"
    text = rf"regexp_replace({text}, '\b([a-z])/([a-z])\b', '\1\2', 'g')"
    text = f"replace(replace({text}, '&', ' and '), '+', ' and ')"
    return rf"trim(regexp_replace({text}, '[^\p{{L}}\p{{N}}]+', ' ', 'g'))"


def name_sql(column: str) -> str:
    """What two spellings of one company's name have in common; null where nothing is left.

    A form is taken off the end only, as often as there is one, and never the whole name.
    """
    ands = rf"regexp_replace({plain_sql(column)}, ' ({'|'.join(ANDS)}) ', ' and ', 'g')"
    begun = f"regexp_replace({ands}, '^({'|'.join(BEFORE)}) ', '')"
    forms = "|".join(sorted(LEGAL_FORMS, key=len, reverse=True))
    return f"nullif(trim(regexp_replace({begun}, '( ({forms}))+$', '')), '')"


def country_sql(column: str) -> str:
    """The ISO code of what people write for a country, else the writing itself in plain letters."""
    whens = " ".join(
        f"when '{each}' then '{code}'"
        for code, written in COUNTRIES.items()
        for each in (code.lower(), *written.split(", "))
    )
    plain = plain_sql(column)
    return f"nullif(case {plain} {whens} else {plain} end, '')"


def phone_sql(column: str) -> str:
    """The last eight digits, which stay the same with and without the country's code; null for anything shorter."""
    digits = rf"regexp_replace({column}, '\D', '', 'g')"
    return f"case when length({digits}) >= 8 then right({digits}, 8) end"


def stem_sql(domain: str) -> str:
    """Of a bare domain what a company chose of it: `acme` of acme.co.uk."""
    return rf"regexp_extract({domain}, '([^.]+)\.((co|com|org|net|ac|gov)\.)?[^.]+$', 1)"
