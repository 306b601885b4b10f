#include "leak/names.h"

#include "leak/words.h"

#define WORDS_MAX 12 /* of a name; the last ones count */
#define NAME_SIZE_MAX 120

struct word_class {
        struct str word;
        enum name_class class;
};

/* The last word of a name, or what its last word ends in where it is longer. */
static const struct word_class last_words[] = {
        { STR_INIT("password"), NAME_PASSWORD },   { STR_INIT("passwd"), NAME_PASSWORD },
        { STR_INIT("passphrase"), NAME_PASSWORD }, { STR_INIT("passcode"), NAME_PASSWORD },
        { STR_INIT("pwd"), NAME_PASSWORD },        { STR_INIT("passwort"), NAME_PASSWORD },
        { STR_INIT("passw"), NAME_PASSWORD },      { STR_INIT("secret"), NAME_SECRET },
        { STR_INIT("token"), NAME_SECRET },        { STR_INIT("apikey"), NAME_SECRET },
        { STR_INIT("secretkey"), NAME_SECRET },    { STR_INIT("accesskey"), NAME_SECRET },
        { STR_INIT("authkey"), NAME_SECRET },      { STR_INIT("privatekey"), NAME_SECRET },
        { STR_INIT("signingkey"), NAME_SECRET },   { STR_INIT("encryptionkey"), NAME_SECRET },
        { STR_INIT("masterkey"), NAME_SECRET },    { STR_INIT("appkey"), NAME_SECRET },
        { STR_INIT("sessionid"), NAME_SESSION },   { STR_INIT("sessid"), NAME_SESSION },
};

/* The last word as a whole. */
static const struct word_class whole_words[] = {
        { STR_INIT("pass"), NAME_PASSWORD },
        { STR_INIT("pw"), NAME_PASSWORD },
        { STR_INIT("passwords"), NAME_PASSWORD },
        { STR_INIT("userpass"), NAME_PASSWORD },
        { STR_INIT("dbpass"), NAME_PASSWORD },
        { STR_INIT("rootpw"), NAME_PASSWORD },
        { STR_INIT("psk"), NAME_PASSWORD },
        { STR_INIT("secrets"), NAME_SECRET },
        { STR_INIT("credential"), NAME_SECRET },
        { STR_INIT("credentials"), NAME_SECRET },
        { STR_INIT("jwt"), NAME_SECRET },
        { STR_INIT("salt"), NAME_KEY },
        { STR_INIT("auth"), NAME_KEY },
        { STR_INIT("authorization"), NAME_KEY },
        { STR_INIT("key"), NAME_KEY },
        { STR_INIT("pepper"), NAME_KEY },
        { STR_INIT("sk"), NAME_KEY },
        { STR_INIT("ak"), NAME_KEY },
        { STR_INIT("creds"), NAME_SECRET },
};

/* Words before "key" that make it a secret one. */
static const struct str secret_keys[] = {
        STR_INIT("api"),     STR_INIT("secret"),     STR_INIT("access"),       STR_INIT("private"),
        STR_INIT("auth"),    STR_INIT("encryption"), STR_INIT("encrypt"),      STR_INIT("signing"),
        STR_INIT("sign"),    STR_INIT("master"),     STR_INIT("app"),          STR_INIT("client"),
        STR_INIT("session"), STR_INIT("storage"),    STR_INIT("shared"),       STR_INIT("consumer"),
        STR_INIT("hmac"),    STR_INIT("aes"),        STR_INIT("des"),          STR_INIT("jwt"),
        STR_INIT("cookie"),  STR_INIT("deploy"),     STR_INIT("subscription"), STR_INIT("webhook"),
        STR_INIT("account"), STR_INIT("license"),    STR_INIT("cipher"),       STR_INIT("crypto"),
        STR_INIT("crypt"),   STR_INIT("admin"),      STR_INIT("aeskey"),
};

/* Words before the last that make it something else. */
static const struct str other_things[] = {
        STR_INIT("public"),       STR_INIT("pub"),          STR_INIT("primary"),
        STR_INIT("foreign"),      STR_INIT("cache"),        STR_INIT("sort"),
        STR_INIT("partition"),    STR_INIT("context"),      STR_INIT("ctx"),
        STR_INIT("i18n"),         STR_INIT("message"),      STR_INIT("translation"),
        STR_INIT("map"),          STR_INIT("index"),        STR_INIT("row"),
        STR_INIT("object"),       STR_INIT("group"),        STR_INIT("shard"),
        STR_INIT("routing"),      STR_INIT("lookup"),       STR_INIT("registry"),
        STR_INIT("hot"),          STR_INIT("shortcut"),     STR_INIT("site"),
        STR_INIT("publishable"),  STR_INIT("idempotency"),  STR_INIT("header"),
        STR_INIT("field"),        STR_INIT("label"),        STR_INIT("metric"),
        STR_INIT("annotation"),   STR_INIT("page"),         STR_INIT("next"),
        STR_INIT("continue"),     STR_INIT("continuation"), STR_INIT("cancel"),
        STR_INIT("cancellation"), STR_INIT("sync"),         STR_INIT("parse"),
        STR_INIT("lex"),          STR_INIT("end"),          STR_INIT("start"),
        STR_INIT("stop"),         STR_INIT("eos"),          STR_INIT("bos"),
        STR_INIT("pad"),          STR_INIT("unk"),          STR_INIT("mask"),
        STR_INIT("special"),      STR_INIT("first"),        STR_INIT("second"),
        STR_INIT("third"),        STR_INIT("single"),       STR_INIT("render"),
        STR_INIT("shadow"),       STR_INIT("optimization"), STR_INIT("by"),
        STR_INIT("fall"),         STR_INIT("event"),        STR_INIT("sample"),
        STR_INIT("unique"),       STR_INIT("composite"),    STR_INIT("storage_key"),
        STR_INIT("dedup"),        STR_INIT("lock"),         STR_INIT("arrow"),
        STR_INIT("color"),        STR_INIT("config"),       STR_INIT("feature"),
        STR_INIT("request"),      STR_INIT("lifecycle"),    STR_INIT("action"),
        STR_INIT("term"),         STR_INIT("done"),         STR_INIT("result"),
        STR_INIT("progress"),     STR_INIT("partial"),      STR_INIT("socket"),
        STR_INIT("meta"),         STR_INIT("verifier"),     STR_INIT("search"),
        STR_INIT("trace"),        STR_INIT("span"),         STR_INIT("attribute"),
};

/* First words of labels, flags, functions and errors that speak of a credential. */
static const struct str speaking[] = {
        STR_INIT("has"),
        STR_INIT("is"),
        STR_INIT("show"),
        STR_INIT("forgot"),
        STR_INIT("forget"),
        STR_INIT("reset"),
        STR_INIT("change"),
        STR_INIT("enable"),
        STR_INIT("disable"),
        STR_INIT("use"),
        STR_INIT("validate"),
        STR_INIT("check"),
        STR_INIT("confirm"),
        STR_INIT("require"),
        STR_INIT("requires"),
        STR_INIT("need"),
        STR_INIT("needs"),
        STR_INIT("hide"),
        STR_INIT("toggle"),
        STR_INIT("remember"),
        STR_INIT("invalid"),
        STR_INIT("wrong"),
        STR_INIT("missing"),
        STR_INIT("incorrect"),
        STR_INIT("no"),
        STR_INIT("bad"),
        STR_INIT("err"),
        STR_INIT("error"),
        STR_INIT("allow"),
        STR_INIT("enter"),
        STR_INIT("your"),
        STR_INIT("without"),
        STR_INIT("expired"),
        STR_INIT("lost"),
        STR_INIT("generate"),
        STR_INIT("hash"),
        STR_INIT("hashed"),
        STR_INIT("public"),
        STR_INIT("pub"),
        STR_INIT("msg"),
        STR_INIT("message"),
        STR_INIT("label"),
        STR_INIT("place"
                 "holder"),
        STR_INIT("max"),
        STR_INIT("min"),
        STR_INIT("num"),
        STR_INIT("expected"),
        STR_INIT("verify"),
};

/* Words that speak of failures, wherever they stand. */
static const struct str failures[] = {
        STR_INIT("err"),
        STR_INIT("error"),
        STR_INIT("errcode"),
        STR_INIT("errors"),
        STR_INIT("invalid"),
        STR_INIT("missing"),
        STR_INIT("expired"),
        STR_INIT("incorrect"),
        STR_INIT("message"),
        STR_INIT("msg"),
        STR_INIT("label"),
        STR_INIT("place"
                 "holder"),
};

/* Last words that say nothing of what a name is for. */
static const struct str neutral[] = {
        STR_INIT("value"),    STR_INIT("val"),    STR_INIT("string"),     STR_INIT("str"),
        STR_INIT("default"),  STR_INIT("old"),    STR_INIT("new"),        STR_INIT("prod"),
        STR_INIT("dev"),      STR_INIT("test"),   STR_INIT("production"), STR_INIT("staging"),
        STR_INIT("base"),     STR_INIT("raw"),    STR_INIT("plain"),      STR_INIT("plaintext"),
        STR_INIT("b64"),      STR_INIT("base64"), STR_INIT("bytes"),      STR_INIT("current"),
        STR_INIT("previous"), STR_INIT("prev"),   STR_INIT("secondary"),  STR_INIT("backup"),
        STR_INIT("local"),    STR_INIT("live"),   STR_INIT("literal"),    STR_INIT("hex"),
};

static bool is_one_of(const struct str *words, size_t count, struct str word) {
        for (size_t i = 0; i < count; i++)
                if (str_eq_fold(words[i], word))
                        return true;
        return false;
}

struct name_words {
        struct str items[WORDS_MAX];
        size_t count;
        struct str first;
};

static struct name_words split(struct str name) {
        struct name_words words = { .count = 0 };
        struct str word;

        while (words_next(&name, &word)) {
                if (!words.count)
                        words.first = word;
                if (words.count == WORDS_MAX) {
                        for (size_t i = 1; i < WORDS_MAX; i++)
                                words.items[i - 1] = words.items[i];
                        words.count--;
                }
                words.items[words.count++] = word;
        }
        while (words.count > 1 &&
               (is_digit(words.items[words.count - 1].ptr[0]) ||
                is_one_of(neutral, COUNT_OF(neutral), words.items[words.count - 1])))
                words.count--;
        return words;
}

static enum name_class class_of_last(struct str last) {
        for (size_t i = 0; i < COUNT_OF(whole_words); i++)
                if (str_eq_fold(last, whole_words[i].word))
                        return whole_words[i].class;
        for (size_t i = 0; i < COUNT_OF(last_words); i++) {
                struct str word = last_words[i].word;

                if (last.len >= word.len &&
                    str_eq_fold(str_slice(last, last.len - word.len, last.len), word))
                        return last_words[i].class;
        }
        return NAME_NONE;
}

static bool is_session(const struct name_words *words) {
        return words->count > 1 && str_eq_fold(words->items[words->count - 1], STR("id")) &&
               str_eq_fold(words->items[words->count - 2], STR("session"));
}

/* A salt is no secret where it stands beside its hash; those of an application's keys are. */
static bool is_salt_of_key(struct str before) {
        static const struct str kinds[] = { STR_INIT("auth"),    STR_INIT("in"),
                                            STR_INIT("nonce"),   STR_INIT("key"),
                                            STR_INIT("secret"),  STR_INIT("cookie"),
                                            STR_INIT("session"), STR_INIT("app") };

        return is_one_of(kinds, COUNT_OF(kinds), before);
}

static bool speaks_of_failure(const struct name_words *words) {
        for (size_t i = 0; i < words->count; i++)
                if (is_one_of(failures, COUNT_OF(failures), words->items[i]))
                        return true;
        return false;
}

/* "tests_pass", "must pass": no password. */
static bool is_outcome(struct str before) {
        static const struct str words[] = { STR_INIT("tests"), STR_INIT("test"), STR_INIT("should"),
                                            STR_INIT("all"),   STR_INIT("must"), STR_INIT("will") };

        return is_one_of(words, COUNT_OF(words), before);
}

/* What the last word means with the one before it. */
static enum name_class class_of_pair(enum name_class class, struct str before, struct str last) {
        if (is_one_of(other_things, COUNT_OF(other_things), before))
                return NAME_NONE;
        if (str_eq_fold(last, STR("pass")) && is_outcome(before))
                return NAME_NONE;
        if (str_eq_fold(last, STR("salt")))
                return is_salt_of_key(before) ? class : NAME_NONE;
        if (str_eq_fold(last, STR("key")) &&
            (str_eq_fold(before, STR("encrypted")) || str_eq_fold(before, STR("wrapped"))))
                return NAME_NONE;
        if (class == NAME_KEY && is_one_of(secret_keys, COUNT_OF(secret_keys), before))
                return NAME_SECRET;
        return class;
}

/* Alone these say nothing of credentials: the shell's working folder, a test's result. */
static bool is_no_name(struct str name) {
        static const struct str names[] = {
                STR_INIT("PWD"),  STR_INIT("OLDPWD"), STR_INIT("PASS"),
                STR_INIT("salt"), STR_INIT("Salt"),   STR_INIT("SALT")
        };

        for (size_t i = 0; i < COUNT_OF(names); i++)
                if (str_eq(name, names[i]))
                        return true;
        return false;
}

enum name_class name_class_of(struct str name) {
        struct name_words words;
        enum name_class class;

        if (!name.len || name.len > NAME_SIZE_MAX)
                return NAME_NONE;
        words = split(name);
        if (!words.count)
                return NAME_NONE;
        if (is_session(&words))
                return NAME_SESSION;
        class = class_of_last(words.items[words.count - 1]);
        if (words.count == 1)
                return is_no_name(name) ? NAME_NONE : class;
        if (!class || is_one_of(speaking, COUNT_OF(speaking), words.first) ||
            speaks_of_failure(&words))
                return NAME_NONE;
        return class_of_pair(class, words.items[words.count - 2], words.items[words.count - 1]);
}

bool name_is_derived(struct str name) {
        static const struct str kinds[] = { STR_INIT("shared"),    STR_INIT("exporter"),
                                            STR_INIT("traffic"),   STR_INIT("handshake"),
                                            STR_INIT("premaster"), STR_INIT("resumption"),
                                            STR_INIT("early"),     STR_INIT("init") };
        struct name_words words;

        if (name.len > NAME_SIZE_MAX)
                return false;
        words = split(name);
        return words.count > 1 && is_one_of(kinds, COUNT_OF(kinds), words.items[words.count - 2]);
}
