"""Text in four languages: configurations without accents, and how a record and a query are read."""

from django.db import migrations

CONFIGURATIONS = {"en": "english", "de": "german", "fr": "french", "nl": "dutch"}

MAKE = "\n".join(
    f"""
    CREATE TEXT SEARCH CONFIGURATION portal_{code} (COPY = pg_catalog.{name});
    ALTER TEXT SEARCH CONFIGURATION portal_{code}
        ALTER MAPPING FOR hword, hword_part, word WITH unaccent, {name}_stem;
    """
    for code, name in CONFIGURATIONS.items()
)
DROP = "\n".join(f"DROP TEXT SEARCH CONFIGURATION portal_{code};" for code in CONFIGURATIONS)

# What a record says, by weight. Keywords hold words of all languages, so each language reads them;
# a competence stands as its own lexeme, marked by a sign that no word has.
VECTOR = """
CREATE FUNCTION catalogue_vector(
    language text, title text, keywords text, terms text[], summary text, description text
) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector(config, title), 'A')
        || setweight(
            to_tsvector('public.portal_en', keywords) || to_tsvector('public.portal_de', keywords)
            || to_tsvector('public.portal_fr', keywords) || to_tsvector('public.portal_nl', keywords),
            'B')
        || array_to_tsvector(ARRAY(SELECT '=' || term FROM unnest(terms) AS term))
        || setweight(to_tsvector(config, summary), 'C')
        || setweight(to_tsvector(config, description), 'D')
    FROM (SELECT CASE language
        WHEN 'de' THEN 'public.portal_de'::regconfig WHEN 'fr' THEN 'public.portal_fr'::regconfig
        WHEN 'nl' THEN 'public.portal_nl'::regconfig ELSE 'public.portal_en'::regconfig
        END AS config) AS chosen
$$
"""
# Every item must be found, in the shape that any of the languages gives it, or by its marker. What is
# a stop word in one language counts only where nothing else is asked. An item in quotes is a phrase.
QUERY = """
CREATE FUNCTION catalogue_query(items text[], markers text[], excluded text[])
RETURNS tsquery LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET client_min_messages = warning AS $$
DECLARE
    configs regconfig[] := ARRAY['public.portal_en', 'public.portal_de', 'public.portal_fr', 'public.portal_nl'];
    config regconfig;
    one tsquery;
    part tsquery;
    is_stop boolean;
    found tsquery;
    spare tsquery;
BEGIN
    FOR place IN 1 .. coalesce(array_length(items, 1), 0) LOOP
        one := nullif(markers[place], '')::tsquery;
        is_stop := false;
        FOREACH config IN ARRAY configs LOOP
            IF left(items[place], 1) = '"' THEN
                part := phraseto_tsquery(config, items[place]);
            ELSE
                part := plainto_tsquery(config, items[place]);
            END IF;
            IF numnode(part) = 0 THEN
                is_stop := true;
            ELSIF one IS NULL THEN
                one := part;
            ELSIF one <> part AND NOT one @> part THEN
                one := one || part;
            END IF;
        END LOOP;
        IF is_stop THEN
            spare := coalesce(spare && one, one, spare);
        ELSE
            found := coalesce(found && one, one);
        END IF;
    END LOOP;
    found := coalesce(found, spare, ''::tsquery);
    IF numnode(found) > 0 THEN
        FOREACH part IN ARRAY ARRAY(
            SELECT phraseto_tsquery(c, item) FROM unnest(excluded) AS item, unnest(configs) AS c
        ) LOOP
            IF numnode(part) > 0 THEN
                found := found && !!part;
            END IF;
        END LOOP;
    END IF;
    RETURN found;
END
$$
"""


class Migration(migrations.Migration):
    """Before the column that needs them."""

    dependencies = [("catalogue", "0002_initial")]

    operations = [
        migrations.RunSQL(MAKE, DROP),
        migrations.RunSQL(
            VECTOR, "DROP FUNCTION catalogue_vector(text, text, text, text[], text, text)"
        ),
        migrations.RunSQL(QUERY, "DROP FUNCTION catalogue_query(text[], text[], text[])"),
    ]
