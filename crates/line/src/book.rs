//! The book of test texts: harmless, of our own making, so that a test says nothing but itself
//! (rule TEST-5). Every text uses every letter of its alphabet and every digit, so that a fault of
//! any one is seen.

use redphone_wire::Difference;

/// Pairs of texts, Latin and Cyrillic, each at most 120 letters.
pub const TEST_TEXTS: &[(&str, &str)] = &[
    (
        "Jolly bakers quickly mix five dozen waffles with ripe plums, eggs and honey: shelf 12, tray 34, bowl 56, table 7890.",
        "Пекарь щедро мажет булки мёдом, эта фея цветов съела южный хлеб, чай, грушу и изюм: полка 12, лоток 34, чаша 56, стол 7890.",
    ),
    (
        "We put six jars of quince jam by the kitchen window, lay dozens of violets on paper and drank green tea: 98 76 54 32 10.",
        "Юный химик объясняет: здесь щёлочь, фильтр, жёлтый цвет; эту шкалу пишем в дневник грифелем: 98 76 54 32 10.",
    ),
    (
        "A quiet clerk keeps charts of rivers, jungle birds and foxgloves in a wooden box, size 120 by 345, map 67, row 89.",
        "В тихой читальне хранят журналы, карты южных рек, эскизы, щиты, фото цапель, шёлк, большой объёмный глобус: 120, 345, 67, 89, ряд.",
    ),
    (
        "Our gardener waters lilacs, pumpkins and jasmine, fixes the quaint bench and lazily weeds five beds: 10, 23, 45, 67, 89.",
        "Садовник поливает жасмин, объезжает грядки, чинит ящик, щётку и фонарь; южный ветер тих, шмель гудит, цветёт эхинацея: 10, 23, 45, 67, 89.",
    ),
    (
        "Grandmother knits a cozy jumper for quick walks over frosty bridges; six yarn balls, 12 blue, 34 plum, 56 navy, 7890.",
        "Бабушка вяжет тёплый шарф, эту юбку и чехол, зовёт гостей; цыплята пищат, кот съел сыр, день ясный: мотки 12, 34, 56, 7890.",
    ),
    (
        "My neighbour plays jazz on the xylophone, a quiet waltz on viola and folk songs for children: pages 13, 57, 90, 24, 68.",
        "Сосед играет вальс на флейте, подъезд слушает этюды; хор щеглов и юных чижей ещё поёт, цикады ждут, шум затих; альбом, январь: 13, 57, 90, 24, 68.",
    ),
    (
        "Five dozen quilts with blue joyful patterns hang in the museum; exhibit makers cut grey velvet: 20, 41, 63, 85, 97.",
        "Лоскутное одеяло висит в музее: жёлтый шёлк, голубой ситец, подъём рам, эмаль, фарфор, ящик, чехол, юрта, щит: 20, 41, 63, 85, 97.",
    ),
    (
        "On the way up, hikers saw juniper, foxglove, quartz and a scenic bridge; maps of them have sheets 11, 24, 36, 50, 79, 8.",
        "На подъёме видны можжевельник, цветы, хвощ, эдельвейс, тёмный грифель, узкая башня; юг чист, тропа идёт вверх: 11, 24, 36, 50, 79, 8.",
    ),
    (
        "The joiner waxes a big oak table, varnishes drawers, squares the frame and polishes zinc keys: 102, 938, 475, 6.",
        "Столяр вощит большой шкаф, чинит объёмные ящики, узкую этажерку, цифры, юлу, плёнку и ходит в гости пешком: 102, 938, 475, 6, дуб.",
    ),
    (
        "Cooks fry zucchini with pepper, squeeze oranges, mix juice and leave the parsley by the glass: 135, 790, 246, 8, dill.",
        "Повар жарит кабачки, цедит сок яблок, хвалит щи, эклер, южный грушевый морс; гости съели ещё торт, фрукты, изюм и мёд, пьют чай: 135, 790, 246, 8.",
    ),
    (
        "Quiet evening by the lake: ducks, a jetty, white boxes of grapes, fresh air, zinnias, moths: 3, 19, 50, 24, 68, 7.",
        "Тихий вечер у озера: утки, причал, ящик груш, юркий чиж, фонарь, эхо, мотыльки; цвет воды объят дымкой, ещё видна лодка с сеном: 3, 19, 50, 24, 68, 7.",
    ),
    (
        "The teacher draws a hexagon, asks a quiz of five puzzles, joins blocks by colour and writes marks: 10, 29, 38, 47, 56.",
        "Учитель чертит эллипс и шар, объясняет дроби, знаки и цифры, хвалит юных; ещё в классе жёлтый глобус, мел и тихо: 10, 29, 38, 47, 56.",
    ),
];

/// The first letter in which a text differs from the book; of a text that our book lacks, the first.
pub(crate) fn compare(number: u8, latin: &str, cyrillic: &str) -> Option<Difference> {
    let (ours_latin, ours_cyrillic) = TEST_TEXTS.get(usize::from(number)).unwrap_or(&("", ""));
    let differs = |is_cyrillic, ours: &str, theirs: &str| {
        let letter = first_difference(ours, theirs)?;
        Some(Difference {
            cyrillic: is_cyrillic,
            letter,
        })
    };
    differs(false, ours_latin, latin).or_else(|| differs(true, ours_cyrillic, cyrillic))
}

fn first_difference(ours: &str, theirs: &str) -> Option<u32> {
    let mut theirs = theirs.chars();
    let mut letters = 0;
    for letter in ours.chars() {
        if theirs.next() != Some(letter) {
            return Some(letters);
        }
        letters += 1;
    }
    theirs.next().map(|_| letters)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use redphone_wire::limits::TEST_TEXT_BYTES_MAX;

    use super::*;

    const LATIN: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
    const CYRILLIC: &str = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя0123456789";

    #[test]
    fn every_text_uses_every_letter_and_digit_of_one_alphabet() {
        for (latin, cyrillic) in TEST_TEXTS {
            for (text, alphabet) in [(latin, LATIN), (cyrillic, CYRILLIC)] {
                let used: BTreeSet<char> = text
                    .to_lowercase()
                    .chars()
                    .filter(|letter| letter.is_alphanumeric())
                    .collect();
                assert_eq!(used, alphabet.chars().collect(), "{text}");
            }
        }
    }

    #[test]
    fn texts_are_short_and_differ() {
        let all: BTreeSet<_> = TEST_TEXTS.iter().collect();
        assert!(TEST_TEXTS.len() >= 12 && all.len() == TEST_TEXTS.len());
        for text in TEST_TEXTS
            .iter()
            .flat_map(|(latin, cyrillic)| [latin, cyrillic])
        {
            let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
            assert!(
                letters <= 120 && text.len() <= TEST_TEXT_BYTES_MAX,
                "{text}"
            );
        }
    }

    #[test]
    fn one_wrong_letter_is_named() {
        let (latin, cyrillic) = TEST_TEXTS[4];
        assert_eq!(compare(4, latin, cyrillic), None);
        let wrong = cyrillic.replacen('ё', "е", 1);
        let letter = cyrillic.chars().position(|letter| letter == 'ё').unwrap() as u32;
        let cyrillic_too = true;
        assert_eq!(
            compare(4, latin, &wrong),
            Some(Difference {
                cyrillic: cyrillic_too,
                letter
            })
        );
        let longer = format!("{latin}.");
        let letter = latin.chars().count() as u32;
        assert_eq!(
            compare(4, &longer, cyrillic),
            Some(Difference {
                cyrillic: false,
                letter
            })
        );
        assert!(compare(200, latin, cyrillic).is_some());
    }
}
