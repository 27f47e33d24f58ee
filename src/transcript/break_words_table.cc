#include "transcript/break_words_table.h"

#include <iterator>

namespace ironscribe::transcript {
namespace {

struct LanguageWords {
  std::string_view language;
  std::string_view leading;        // Each word between spaces, lower case.
  std::string_view abbreviations;  // Without the full stop.
};

constexpr LanguageWords kTable[] = {
    {"en",
     " a an the my your his her its our their this these those some any no every each of to in on "
     "at for with by from into onto about over under between through and or but nor that which "
     "who whose if because as than very so too not is are was were be been am has have had will "
     "would can could should may might must do does did i'm it's he's she's we're they're you're ",
     " mr mrs ms dr prof st jr sr vs etc gen col sgt capt lt rev hon no vol fig approx dept inc "
     "ltd "
     "co corp mt e.g i.e a.m p.m "},
    {"de",
     " der die das den dem des ein eine einen einem einer eines kein keine mein meine dein deine "
     "sein seine ihr ihre unser unsere dieser diese dieses in im an am auf aus bei beim mit nach "
     "von vom zu zum zur für über unter durch gegen ohne um vor zwischen und oder aber denn dass "
     "wenn weil als wie ob nicht sehr ",
     " dr prof hr fr nr bzw usw ca z.b d.h u.a st abs art bd "},
    {"fr",
     " le la les un une des du de d' l' au aux ce cet cette ces mon ma mes ton ta tes son sa ses "
     "notre nos votre vos leur leurs à en dans sur sous par pour avec sans chez vers entre et ou "
     "mais que qui dont où si comme ne pas très ",
     " m mm mme mlle dr pr st ste etc cf p.ex "},
    {"es",
     " el la los las un una unos unas lo al del de a en con por para sin sobre entre hasta desde "
     "mi mis tu tus su sus este esta estos estas ese esa y e o u pero que como si cuando no muy ",
     " sr sra srta dr dra ud uds etc núm pág "},
    {"it",
     " il lo la i gli le un uno una di a da in con su per tra fra del dello della dei degli delle "
     "al allo alla ai agli alle nel nella sul sulla mio mia tuo tua suo sua questo questa quel "
     "quella e ed o ma che chi se come non molto ",
     " sig sig.ra dott prof ing avv ecc "},
    {"pt",
     " o a os as um uma uns umas de do da dos das em no na nos nas ao à aos às por pelo pela para "
     "com sem sobre entre até meu minha seu sua este esta esse essa e ou mas que se como não "
     "muito ",
     " sr sra dr dra prof etc pág "},
};

bool Holds(std::string_view list, std::string_view word) {
  for (size_t at = list.find(word); at != std::string_view::npos; at = list.find(word, at + 1)) {
    const size_t end = at + word.size();
    if (at > 0 && list[at - 1] == ' ' && end < list.size() && list[end] == ' ') return true;
  }
  return false;
}

const LanguageWords* Find(std::string_view language) {
  for (const LanguageWords& words : kTable) {
    if (words.language == language) return &words;
  }
  return nullptr;
}

}  // namespace

bool LeadsToNextWord(std::string_view word, std::string_view language) {
  const LanguageWords* words = Find(language);
  return words != nullptr && !word.empty() && Holds(words->leading, word);
}

bool IsAbbreviation(std::string_view word, std::string_view language) {
  const LanguageWords* words = Find(language);
  return words != nullptr && !word.empty() && Holds(words->abbreviations, word);
}

}  // namespace ironscribe::transcript
