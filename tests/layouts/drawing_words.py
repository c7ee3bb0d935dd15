"""Words of offices for drawn files, written down here and taken from nothing of the program's.

Some of them no list of the program's has, for a sheet is read by what it shows.
"""

SURNAMES = (
    "赵钱孙李周吴郑冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
)
GIVEN = (
    "丹乐仁佳俊倩冬刚勇华博友君和国娟婷子宁安宏宽岚峰川庆廷强彤彬志思怡恒悦"
    "慧成敏文新方旭明春晓景晴朋林柏桂梅"
)
COMMUNITIES = ["沙井口", "梅园", "柳树塘", "东门外", "石牌里", "望江亭", "青石桥", "双塘", "枣园"]
STREETS = ["丰山街道", "北苑街道", "城东街道"]
ROADS = ["解放路", "民主巷", "菜园里", "桥头街", "环城东路", "老车站"]

# Headings of the person of the row: what stands before the noun, and the nouns themselves.
OWNERS = ["", "", "", "", "本人", "成员", "家庭成员", "居民", "村民", "人员"]
GROUPS = [
    "老年人",
    "残疾人",
    "困难群众",
    "救助对象",
    "党员",
    "职工",
    "退役军人",
    "优抚对象",
    "受助人",
]
UNSEEN_GROUPS = ["慰问对象", "帮困对象", "独居老人", "在册", "困难学生", "重点人员"]
NAMES = ["姓名"]
NUMBERS = ["身份证号", "身份证号码", "公民身份号码", "证件号码", "身份证件号", "居民身份证号"]
OTHERS = [
    *(
        "监护人",
        "联系人",
        "收款人",
        "领款人",
        "代理人",
        "第一联系人",
        "帮扶责任人",
        "赡养人",
        "代领人",
    ),
    *("经办人", "照料人", "委托人"),
]
CHILDREN = ["儿童", "学生", "孤儿", "未成年人", "受助儿童"]

SERIALS = ["序号", "编号", "行号"]
KEYS = ["户编号", "户号", "户编码", "家庭编号", "户码", "家庭编码", "户代码"]
UNSEEN_KEYS = [
    *(
        "户编号码",
        "户籍编号",
        "户口本号",
        "农户预编码",
        "家庭户编号",
        "户ID",
        "户主编号",
        "户口簿号",
    ),
    *("困难户编号", "户序", "家庭档案号", "户卡号"),
]
# Headings that say nothing of households: only the cells below them do.
BARE_KEYS = ["归户码", "卡号", "档案号", "一码", "编组"]
DWELLINGS = ["门牌号", "房号", "住址", "楼栋房号", "家庭住址", "门牌"]
IS_HEAD = ["是否户主", "是否为户主", "户主标识", "是否户主（是/否）", "户主"]
HEAD_MARKS = [("是", "否"), ("1", "0"), (1, 0), ("√", None), ("是", None), ("Y", "N")]
HEAD_NAMES = ["户主姓名", "户主", "户主名字", "家庭户主", "户主名称"]
HEAD_NUMBERS = ["户主身份证号", "户主身份证号码", "户主证件号码", "户主证件", "户主公民身份号码"]
RELATION_HEADINGS = [
    "与户主关系",
    "与户主间关系",
    "与户主的关系",
    "和户主关系",
    "家庭关系",
    "称谓",
    "关系",
]
HEADS = [
    "户主",
    "户主",
    "本人",
    "户主/本人",
    "户主（本人）",
    "本人（户主）",
    "本人/户主",
    "户主(申请人)",
]
RELATIONS = ["配偶", "儿子", "女儿", "母亲", "父亲", "孙子", "孙女", "儿媳", "长子", "次女", "弟弟"]
KINSHIP = {
    "户主": "head",
    "配偶": "spouse",
    "弟弟": "sibling",
    "儿媳": "in_law",
    **dict.fromkeys(["儿子", "女儿", "长子", "次女"], "child"),
    **dict.fromkeys(["孙子", "孙女"], "grandchild"),
    **dict.fromkeys(["父亲", "母亲"], "parent"),
}
RELATION_CODES = {
    code.split("-")[1]: code.split("-")[0]
    for code in (
        *("02-户主", "10-配偶", "20-儿子", "30-女儿", "41-孙子", "42-孙女", "51-父亲", "52-母亲"),
        *("28-儿媳", "21-长子", "32-次女", "73-弟弟"),
    )
}
MEMBERS = ["成员{}", "家庭成员{}", "共同生活成员{}", "户内成员{}"]
MARKS = ["（低保）", "(残疾)", "（女儿家住）", "（重病）"]
GONE = ["（已故）", "（去世）", "(死亡)", "（已迁出）"]
DITTO = ["〃", "同上", "″", "同上"]

# Facts: what cells say, and what is meant.
KINDS = {
    "sight": ["视力", "视力残疾", "视残", "视力类"],
    "hearing": ["听力", "听力残疾", "听力类"],
    "speech": ["言语", "言语残疾", "言语类"],
    "limb": ["肢体", "肢体残疾", "肢残", "肢体类"],
    "intellect": ["智力", "智力残疾", "智残", "智力类"],
    "mental": ["精神", "精神残疾", "精神类", "精神类"],
    "multiple": ["多重", "多重残疾", "多重", "多重类"],
}
KIND_CODES = {kind: str(number) for number, kind in enumerate(KINDS, start=1)}
GRADES = {
    "grade1": ["一级", "1级", "壹级", "一", "Ⅰ级", "1"],
    "grade2": ["二级", "2级", "贰级", "二", "Ⅱ级", "2"],
    "grade3": ["三级", "3级", "叁级", "三", "Ⅲ级", "3"],
    "grade4": ["四级", "4级", "肆级", "四", "Ⅳ级", "4"],
}
KIND_HEADINGS = ["残疾类别", "残疾类型", "残疾种类"]
GRADE_HEADINGS = ["残疾等级", "残疾级别"]
BOTH_HEADINGS = ["残疾类别及等级", "残疾类别等级", "残疾类别和等级", "残疾类型及级别"]
ILLNESS = {1: ["是", "√", "有", "1-是", "☑是□否"], 0: ["否", None, "无", "0-否", "□是☑否"]}
WORK = [
    *(("失业", "unemployed"), ("退休", "retired"), ("学生", "student"), ("打零工", "flexible")),
    *(("在职", "employed"), ("务工", "flexible"), ("待业", "unemployed")),
]
STAGES = [("小学", "primary"), ("初中", "junior"), ("高中", "senior"), ("幼儿园", "preschool")]
NOISE = {
    "民族": ["汉族", "回族", "汉"],
    "政治面貌": ["群众", "党员", "群众"],
    "文化程度": ["小学", "初中", "文盲", "高中"],
    "婚姻状况": ["已婚", "未婚", "丧偶", "离异"],
    "银行账号": ["6217000012345678901", "6228480012345678912"],
    "健康状况": ["良好", "一般", "慢性病"],
    "网格员": ["刘网一", "田网二"],
    "备注": ["已核实", "11月8日走访", "联系不便", None],
    "签字": [None],
    "血型": ["A", "B", "O"],
    "开户银行": ["农商银行", "邮储银行"],
}
TIMES = ["2023年", "2023年度", "上年度", "近12个月", "2023"]
SIGNS = [
    "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "ABCDEFGHIJKLMNOPQRST",
    "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉",
]

# Rosters: a programme's name in titles and headings; whose benefit it is; how often it is paid.
PROGRAMMES = {
    "dibao": ("household", "month", ["城市低保金", "城市居民最低生活保障金", "低保金"]),
    "elderly-80": ("member", "month", ["高龄补贴"]),
    "disability-living": ("member", "month", ["困难残疾人生活补贴"]),
    "disability-care": ("member", "month", ["重度残疾人护理补贴"]),
    "tekun": ("member", "month", ["特困人员供养金", "特困人员救助供养金"]),
    "temporary-aid": ("household", "once", ["临时救助"]),
}
LISTS = ["发放表", "发放花名册", "发放公示", "发放明细表", "发放名册"]
AMOUNTS = [
    "发放金额",
    "实发金额",
    "补贴金额",
    "发放金额（元）",
    "领取金额",
    "核准金额（元）",
    "审批金额",
    "金额（元）",
]
# Headings of what is paid for one month, which a list of one month may have alone.
RATES = ["发放标准", "月发放额", "补贴标准（元/月）", "实发", "标准", "月补贴"]
# Headings that name the benefit as well.
OWN_AMOUNTS = {
    "dibao": ["低保金额", "低保金额（元）", "低保金"],
    "elderly-80": ["高龄补贴金额", "高龄补贴（元）"],
    "disability-care": ["护理补贴金额"],
}
STATE_HEADINGS = ["状态", "发放状态", "人员状态", "待遇状态", "享受状态"]
PAID = ["正常", "已发放", "发放成功", "正常发放", "在享"]
ENDED = ["停发", "注销", "死亡", "退出", "迁出", "已失效", "终止", "已停发", "取消", "已退保"]
PENDING = ["未发放", "发放失败", "缓发", "待发", "未领取", "暂停", "退回", "冻结", "核查中"]

# Days of a benefit: from when, until when, since when no more; with the benefit's name before them
# or without. What stands beside a benefit that a row names, and its amount.
DAYS = {
    "begin": ["起始时间", "享受起始时间", "开始享受时间", "纳入时间", "起始年月"],
    "last": ["截止时间", "享受截止时间", "终止日期", "终止时间", "到期时间", "有效期至"],
    "stop": ["停发时间", "停发日期", "停保时间"],
    "span": ["起止时间", "享受起止时间", "享受期限"],
}
DATES = ["{0}年{1}月", "{0}-{1:02}-{2:02}", "{0}/{1}/{2}", "{0}{1:02}", "{0}年{1}月{2}日"]
NO_END = ["长期", None, None, "至今"]
POLICIES = ["已享受政策", "享受政策", "救助类型", "补贴项目", "待遇类别"]
BESIDE = ["金额", "金额（元）", "发放金额", "月救助金", "补贴标准", "享受金额"]
