#include "leak/generic_impl.h"

/* Names that promise a credential by their last word; what may follow it in the name. */
#define WORDS                                                                                      \
        "(?:pass(?:wor[dt]s?|wd|w|phrase|code)?|pwd|psk|pw|secrets?|token|cred(?:ential)?s?|jwt|"  \
        "(?:api|app|secret|access|auth|private|sign(?:ing)?|encrypt(?:ion|ed)?|master|client|"     \
        "session|storage|shared|consumer|hmac|aes|des|cookie|deploy|subscription|webhook|"         \
        "account|license|cipher|crypto?|admin)[_.-]?key)"
#define TAIL "[A-Za-z0-9_]{0,12}"
/* Names of which only a value drawn at random is one. */
#define KEYS "(?:key|auth(?:orization)?|salt|pepper|\\b[as]k|sig|sess(?:ion_?)?id)"
#define RANDOM "[A-Za-z0-9+/_=!@#$%^&*~?|.:-]{16}"
#define QUOTE "[\"'`]"

#define BARE (TRIGGER_BIT(TRIGGER_BARE) | TRIGGER_BIT(TRIGGER_BARE_KEY))

const struct str generic_triggers[] = {
        /* name = "value", name: "value", "name", "value", name string = []byte("value") */
        [TRIGGER_QUOTED] = STR_INIT("(?i)" WORDS TAIL "[^\n\"'`;]{0,24}[\"'`]?(?:, ?\"\\w?\")?"
                                    "[^\n\"'`;]{0,16}[=:,(>|?]"
                                    "[^\"'`;,=]{0,24}" QUOTE "[^\\s\"'`<]{4}"),
        /* name=value, name: value */
        [TRIGGER_BARE] = STR_INIT("(?i)" WORDS TAIL QUOTE
                                  "?[ \t]{0,12}(?:[^:]=|:)[ \t]{0,12}[^\\s\"'`(){}\\[\\],=:]{4}"),
        [TRIGGER_QUOTED_KEY] = STR_INIT(
                "(?i)" KEYS TAIL
                "[^\n\"'`;]{0,24}[\"'`]?[^\n\"'`;]{0,12}[=:,(>][^\n\"'`;,=]{0,12}" QUOTE RANDOM),
        [TRIGGER_BARE_KEY] = STR_INIT("(?i)" KEYS TAIL QUOTE "?[ \t]{0,12}[=:][ \t]{0,12}" RANDOM),
        /* a, name = "x", "value" */
        [TRIGGER_LIST] = STR_INIT("(?i)" WORDS TAIL "[^\n\"'`=;]{0,24}= ?[^\n;{]{1,80}, ?" QUOTE
                                  "[^\\s\"'`<]{4}"),
        [TRIGGER_URL] = STR_INIT("://[^\\s\"'`/<>{}|]{0,80}:[^\\s\"'`<>{}|]{2,80}@[A-Za-z0-9\\[]"),
        [TRIGGER_URL_TOKEN] = STR_INIT("://[A-Za-z0-9_-]{20,80}@"),
        [TRIGGER_DSN] = STR_INIT(":[^\\s\"'`@:]{2,80}@(?:tcp[46]?|unix|udp|cloudsql)?\\("),
        [TRIGGER_BASIC] = STR_INIT("Basic [A-Za-z0-9+/]{8}"),
        [TRIGGER_BEARER] = STR_INIT("Bearer [A-Za-z0-9+/=_.~-]{16}"),
        [TRIGGER_IDENTIFIED] = STR_INIT("(?i)identified by [(\\\\]{0,2}['\"]"),
        [TRIGGER_PASSWORD_CLAUSE] = STR_INIT(" (?:PASSWORD|password) ?\\(?'"),
        /* "part" + "part" where no blank stands between the parts */
        STR_INIT(
                "[A-Za-z0-9_+/=\\\\.-]{2}[\"`][ \t]{0,8}\\+[ \t]{0,8}(?://[^\n]{0,80})?\r?\n?[ \t]{0,40}"
                "[\"`][A-Za-z0-9_+/=-]{2}"),
        STR_INIT("kind[\"']?[ \t]{0,8}:[ \t]{0,8}[\"']?Secret[\"'\\s,]"),
        STR_INIT("_?auth\"?\\s{0,8}[:=]\\s{0,8}\"?[A-Za-z0-9+/=]{8}"),
        STR_INIT("(?i)--?[a-z-]{0,20}" WORDS TAIL "[ =]\\S{4}"),
        STR_INIT("(?:curl|http)[^\n]{0,160} -u [^\n]?\\S{1,80}:"),
        STR_INIT(
                "(?:mysql|mariadb|sshpass|login|redis-cli|mongo|ldap|sqlcmd)[^\n]{0,160} -[paPw]\\S? ?\\S{3}"),
        /* names and values that stand in two assignments */
        STR_INIT("(?i)(?:pass|pwd|psk|pw|secret|token|cred|jwt|key)" TAIL
                 "[\"'`>]?,?\\s{1,16}[\"'<-]?(?:default|val|content)"),
        /* func password() string { return "..." } */
        STR_INIT("\\(\\) (?:string|\\[\\]byte) \\{\\s{1,8}return [\"`]"),
        STR_INIT("(?i)<[a-z0-9:._-]{0,40}" WORDS "[^<>\n]{0,40}>[^<\\s]{4,80}</"),
        STR_INIT("(?i)\"[^\"\n]{4,60}\" [=!]= [A-Za-z0-9_.]{0,40}" WORDS),
        STR_INIT(
                "(?:ConstantTimeCompare|SetBasicAuth|WithBasicAuth|BasicAuth|PlainAuth|CRAMMD5Auth|"
                "UserPassword|NewStaticCredentials(?:Provider)?|NewStaticV[24]|Login|WithCredentials|"
                "WithAuth|SetAuth|NewCredentials|NewDialer|NewClientWithAccessKey|"
                "NewAccessKeyCredential|NewBasicAuth)\\([^\n]{0,120}\""),
        /* pairs in one string: user=u password=word dbname=d */
        STR_INIT(
                "(?i)=[^\\s\"'`]{1,60}[ ;&?]{1,2}(?:[a-z_ -]{1,20}=[^\\s\"'`;&]{0,60}[ ;&]){0,3}" WORDS
                "=[^\\s\"'`;&%{$<=]{4}"),
        STR_INIT("(?i)" WORDS "=[^\\s\"'`;&%{$<=]{4,60}[ ;&]{1,2}[a-z_ -]{1,20}="),
        /* netrc, redis.conf, esmtprc, .pgpass, htpasswd and shadow */
        STR_INIT("(?m)(?:login[ \t]\\S{1,80}\\s{1,8}|^\\s{0,8})pass(?:word|wd)?[ \t]\\S{4}"),
        STR_INIT("(?m)^[ \t]{0,8}(?:requirepass|masterauth|auth-pass)[ \t]\\S{4}"),
        STR_INIT(":[0-9*]{1,5}:[^:\\s]{1,40}:[^:\\s]{1,40}:\\S{4}"),
        STR_INIT("(?m)^[^:\\s]{1,80}:\\$(?:apr1|[156y]|2[aby]|argon2[id]{1,2})\\$"),
};

const size_t generic_trigger_count = COUNT_OF(generic_triggers);

_Static_assert(COUNT_OF(generic_triggers) <= 64, "a bit for each");

bool generic_wants(struct str path, uint64_t triggers) {
        static const bool quotes[LANGUAGE_COUNT] = {
                [LANGUAGE_GO] = true, [LANGUAGE_SCRIPT] = true, [LANGUAGE_JSON] = true
        };
        enum place_language language = place_language_of(path);

        return quotes[language] ? (triggers & ~BARE) != 0 : triggers != 0;
}
