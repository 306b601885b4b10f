#include "leak/quiet.h"

#include "leak/names.h"
#include "leak/words.h"

#include <string.h>

/* What begins as these is a reference, an address, a digest, a hash or something public. */
static const struct str quiet_prefixes[] = {
        STR_INIT("sha256:"),
        STR_INIT("sha256-"),
        STR_INIT("sha512-"),
        STR_INIT("sha384-"),
        STR_INIT("sha1-"),
        STR_INIT("sha512:"),
        STR_INIT("sha1:"),
        STR_INIT("md5:"),
        STR_INIT("h1:"),
        STR_INIT("data:"),
        STR_INIT("http://"),
        STR_INIT("https://"),
        STR_INIT("ssh-"),
        STR_INIT("ecdsa-sha2-"),
        STR_INIT("-----BEGIN CERT"),
        STR_INIT("-----BEGIN PUB"),
        STR_INIT("-----BEGIN RSA PUB"),
        STR_INIT("/"),
        STR_INIT("./"),
        STR_INIT("../"),
        STR_INIT("~/"),
        STR_INIT("file:"),
        STR_INIT("arn:"),
        STR_INIT("urn:"),
        STR_INIT("git@"),
        STR_INIT("vault:"),
        STR_INIT("env:"),
        STR_INIT("op://"),
        STR_INIT("ssm:"),
        STR_INIT("awssm:"),
        STR_INIT("gcpsecret"),
        STR_INIT("projects/"),
        STR_INIT("$2a$"),
        STR_INIT("$2b$"),
        STR_INIT("$2y$"),
        STR_INIT("$argon2"),
        STR_INIT("$apr1$"),
        STR_INIT("$1$"),
        STR_INIT("$5$"),
        STR_INIT("$6$"),
        STR_INIT("{SHA"),
        STR_INIT("{bcrypt"),
        STR_INIT("pbkdf2"),
        STR_INIT("ENC["),
        STR_INIT("ENC("),
        STR_INIT("!"),
        STR_INIT("$ANSIBLE"),
        STR_INIT("secretref"),
        STR_INIT("--"),
        STR_INIT("process.env"),
        STR_INIT("os.environ"),
        STR_INIT("System."),
        STR_INIT("secrets."),
        STR_INIT("var."),
        STR_INIT("random_"),
        STR_INIT("module."),
        STR_INIT("local."),
        STR_INIT("params."),
        STR_INIT("env."),
        STR_INIT("AQICAH"),
        STR_INIT("C:\\"),
        STR_INIT("s3://"),
        STR_INIT("credentialsJSON:"),
        STR_INIT("gs://"),

};

/* What is inside of these is a pattern, a format or markup. */
static const struct str quiet_parts[] = {
        STR_INIT("%s"),
        STR_INIT("%d"),
        STR_INIT("%v"),
        STR_INIT("%q"),
        STR_INIT("%x"),
        STR_INIT("%w"),
        STR_INIT("%+v"),
        STR_INIT("%["),
        STR_INIT("%@"),
        STR_INIT("\\d"),
        STR_INIT("\\w"),
        STR_INIT("\\s"),
        STR_INIT("[a-z"),
        STR_INIT("[A-Z"),
        STR_INIT("[0-9"),
        STR_INIT("[^"),
        STR_INIT("(?"),
        STR_INIT(".*"),
        STR_INIT(".+"),
        STR_INIT("</"),
        STR_INIT("/>"),
        STR_INIT("<br"),
        STR_INIT("..."),
        STR_INIT("{0}"),
        STR_INIT("{1}"),
        STR_INIT("::"),
        STR_INIT("->"),
        STR_INIT("=>"),
        STR_INIT("()"),
        STR_INIT("&&"),
        STR_INIT("||"),
        STR_INIT("<svg"),
        STR_INIT("://"),
        STR_INIT("@sha256:"),
        STR_INIT("aws4_request"),
        STR_INIT("goog4_request"),
};

static const struct str file_endings[] = {
        STR_INIT(".pem"),   STR_INIT(".key"),   STR_INIT(".json"), STR_INIT(".yaml"),
        STR_INIT(".yml"),   STR_INIT(".txt"),   STR_INIT(".crt"),  STR_INIT(".conf"),
        STR_INIT(".html"),  STR_INIT(".go"),    STR_INIT(".js"),   STR_INIT(".ts"),
        STR_INIT(".jks"),   STR_INIT(".p12"),   STR_INIT(".pfx"),  STR_INIT(".keytab"),
        STR_INIT(".cer"),   STR_INIT(".der"),   STR_INIT(".pub"),  STR_INIT(".env"),
        STR_INIT(".css"),   STR_INIT(".svg"),   STR_INIT(".png"),  STR_INIT(".gz"),
        STR_INIT(".com"),   STR_INIT(".org"),   STR_INIT(".net"),  STR_INIT(".io"),
        STR_INIT(".local"), STR_INIT(".proto"), STR_INIT(".xml"),  STR_INIT(".toml"),
        STR_INIT(".tmpl"),  STR_INIT(".sock"),  STR_INIT(".gpg"),  STR_INIT(".asc"),
};

static bool has_prefix_of(struct str value) {
        for (size_t i = 0; i < COUNT_OF(quiet_prefixes); i++)
                if (str_has_prefix(value, quiet_prefixes[i]))
                        return true;
        return false;
}

static bool has_part_of(struct str value) {
        for (size_t i = 0; i < COUNT_OF(quiet_parts); i++)
                if (str_contains(value, quiet_parts[i]))
                        return true;
        return false;
}

static bool is_file(struct str value) {
        for (size_t i = 0; i < COUNT_OF(file_endings); i++)
                if (str_has_suffix(value, file_endings[i]))
                        return true;
        return false;
}

static bool has_other_than_ascii(struct str value) {
        for (size_t i = 0; i < value.len; i++)
                if ((unsigned char)value.ptr[i] >= 0x80 || (unsigned char)value.ptr[i] < ' ')
                        return true;
        return false;
}

/* DB_PASSWORD: a name in capitals, with a line below. */
static bool is_variable_name(struct str value) {
        bool line = false;

        if (!is_upper(value.ptr[0]))
                return false;
        for (size_t i = 0; i < value.len; i++) {
                line |= value.ptr[i] == '_';
                if (!is_upper(value.ptr[i]) && !is_digit(value.ptr[i]) && value.ptr[i] != '_')
                        return false;
        }
        return line && words_count(value) > 1;
}

/* Numbers with what stands between them in versions, dates, times, addresses. */
static bool is_number(struct str value) {
        bool digit = false, between = false;

        for (size_t i = 0; i < value.len; i++) {
                digit |= is_digit(value.ptr[i]);
                between |= !is_digit(value.ptr[i]);
                if (!is_digit(value.ptr[i]) && !strchr(".-/:+TZvV ,", value.ptr[i]))
                        return false;
        }
        return digit && between;
}

static bool has_separator(struct str value) {
        for (size_t i = 0; i < value.len; i++)
                if (strchr("._-/:= ", value.ptr[i]))
                        return true;
        return false;
}

static bool is_mail_address(struct str value) {
        struct str user, host;

        return str_cut_last(value, '@', &user, &host) && words_only(user) && words_only(host) &&
               str_find(host, '.') != SIZE_MAX;
}

/* ^...$ */
static bool is_expression(struct str value) {
        return str_has_prefix(value, STR("^")) && str_has_suffix(value, STR("$"));
}

/* Names of things: several words with something between them. */
static bool is_compound(struct str value) {
        return has_separator(value) && words_only(value);
}

bool quiet_is_no_secret(struct str name, struct str value) {
        value = str_trim(value);
        if (quiet_is_placeholder(value) || has_other_than_ascii(value) || has_prefix_of(value) ||
            (has_part_of(value) && !words_are_noise(value)))
                return true;
        if (words_are_uuid(value))
                return name_class_of(name) < NAME_SECRET && name_class_of(name) != NAME_SESSION;
        return is_variable_name(value) || is_number(value) || is_expression(value) ||
               is_file(value) || is_mail_address(value) || is_compound(value);
}
