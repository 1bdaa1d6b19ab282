"""Twelve scripts of people who come and of centres they come to: names, places and papers in each."""

from dataclasses import dataclass, replace

from onestop.days.dayfile import DayFile, read_template

NOWHERE = "\U0001fffa\U0001fffb\U0001fffc"
"""Three characters that no font has and none ever will."""


@dataclass(frozen=True, slots=True)
class Own:
    """Words of one script."""

    tag: str
    person: str
    centre: str
    venue: str
    paper: str

    @property
    def words(self) -> tuple[str, ...]:
        return (self.person, self.centre, self.venue, self.paper)

    def file(self) -> DayFile:
        """The pilot day of a centre that writes this way."""
        file = read_template("iom-bratislava")
        return replace(
            file,
            name=self.centre,
            venue=self.venue,
            address=self.venue,
            institutions=tuple(replace(each, name=self.centre) for each in file.institutions),
        )


SCRIPTS: dict[str, Own] = {
    "latin": Own("vi", "Nguyễn Thị Ánh", "Trung tâm tư vấn", "Nhà văn hóa", "Giấy khai sinh"),
    "cyrillic": Own("uk", "Олена Ґалаґан", "Центр порад", "Будинок культури", "Свідоцтво про народження"),
    "greek": Own("el", "Ελένη Παπαδοπούλου", "Κέντρο Συμβουλών", "Δημοτικό Μέγαρο", "Πιστοποιητικό γέννησης"),
    "arabic": Own("ar", "فاطمة الزهراء", "مركز الإرشاد", "دار الثقافة", "شهادة الميلاد"),
    "urdu": Own("ur", "محمد علی گیلانی", "مرکز رہنمائی", "ثقافتی ہال", "پیدائش کا سرٹیفکیٹ والا کاغذ ہے"),
    "devanagari": Own("hi", "क्षितिज शर्मा", "परामर्श केंद्र", "सांस्कृतिक भवन", "जन्म प्रमाण पत्र"),
    "bengali": Own("bn", "ক্ষিতীশ চৌধুরী", "পরামর্শ কেন্দ্র", "সাংস্কৃতিক ভবন", "জন্ম নিবন্ধন সনদ"),
    "hangul": Own("ko", "김민준", "상담 센터", "문화 회관", "출생 증명서"),
    "han": Own("zh-Hans", "王小明", "咨询中心", "文化馆", "出生证明"),
    "georgian": Own("ka", "გიორგი წერეთელი", "საკონსულტაციო ცენტრი", "კულტურის სახლი", "დაბადების მოწმობა"),
    "ethiopic": Own("ti", "ኣበበ ተስፋይ", "ማእከል ምኽሪ", "ቤት ባህሊ", "ወረቐት ልደት"),
    "tamil": Own("ta", "தமிழ்ச்செல்வி", "ஆலோசனை மையம்", "கலாச்சார மண்டபம்", "பிறப்புச் சான்றிதழ்"),
}
