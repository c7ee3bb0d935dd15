"""The headings of the household files, as `key=heading`; ｜ stands for a line break."""

MERGED_OWN = """
    serial=序号
    number=户编号
    head_name=户主｜姓名
    address=家庭住址
    phone=联系电话
    size=家庭人口数*
"""

MERGED_MONEY = """
    income=家庭月收入（元）
    deposits=家庭存款（元）
    vehicles=机动车（辆）
    homes=住房（套）
    area=住房面积（㎡）
    safe=住房是否安全
    hardship=突发困难
    food=是否不愁吃
    clothing=是否不愁穿
    death=近期有无家庭成员去世
    grace=是否渐退期
    receives=已享受政策
    temporary_aid=临时救助
    funeral_aid=惠民殡葬
    disaster_aid=受灾人员救助
"""

MERGED_PERSON = """
    name=姓名*
    id=身份证号码*
    relation=与户主关系*
    sex=性别
    employment=就业状况
    stated_income=个人月收入
    registered=是否登记失业
    idle_months=失业月数
    insured_months=失业保险缴费月数
    unwillingly=是否非自愿失业
    union=是否工会会员
    ill=是否重病
    kind=残疾类别
    grade=残疾等级
    self_care=生活自理能力
    supporter=有无赡养人
    stage=在校学段
    insured=是否参保
    father=父亲情况
    mother=母亲情况
"""

MERGED_COSTS = """
    medical=医疗自付（元/年）
    schooling=教育支出（元/年）
    rehabilitation=康复支出（元/年）
    medical_aid=医疗救助
"""

THREE_OWN = """
    serial=序号
    head_name=户主   姓名
    size=家庭人口（人）
"""

THREE_MONEY = """
    income_year=家庭年收入（元/年）
    deposits=银行存款（元）
    vehicles=车辆（辆）
"""

THREE_HOUSE = """
    homes=住房套数
    area=住房建筑面积
    safe=住房安全
"""

THREE_PERSON = """
    name=姓名
    id=身份证件号码
    relation=户主或与户主关系
    age=年龄
    employment=就业情况
    union=工会会员
    supporter=有无法定赡养人
"""

THREE_HEALTH = """
    ill=重病
    kind=残疾类型
    grade=残疾级别
    self_care=自理能力
    insured=是否参加医保
"""

THREE_NEEDS = """
    food=吃饭是否有保障
    clothing=穿衣是否有保障
"""

THREE_COSTS = """
    stage=就读学段
    medical=医疗自付费用
    schooling=教育费用
    rehabilitation=康复费用
"""

SHEETS = """
    number=户编号
    size=家庭人口数
    address=现住址
    income=家庭月收入
    deposits=存款
    vehicles=机动车数量
    homes=住房套数
    area=建筑面积
    safe=住房是否安全
    hardship=突发困难
    food=不愁吃
    clothing=不愁穿
    name=家庭成员姓名
    id=公民身份号码
    relation=与户主关系
    employment=就业状况
    stated_income=本人月收入
    ill=是否重病
    kind=残疾类别
    grade=残疾等级
    self_care=失能情况
    supporter=有无赡养人
    stage=在校学段
    father=父亲状况
    mother=母亲状况
    insured=是否参保
    medical=医疗自付
    schooling=教育支出
    rehabilitation=康复支出
"""

WIDE_OWN = """
    serial=序号
    number=户编号
    community=社区
    head_name=户主姓名
    size=家庭人口数
    address=住址
    income=家庭月收入（元/月）
    deposits=家庭存款（元）
    vehicles=机动车数量
    homes=住房套数
    area=住房面积（平方米）
    safe=住房是否安全
    hardship=突发困难
    food=是否不愁吃
    clothing=是否不愁穿
    receives=已享受政策
"""

WIDE_PERSON = """
    name=姓名
    id=身份证号
    relation=与户主关系
    employment=就业状况
    ill=是否重病
    kind=残疾类别
    grade=残疾等级
    self_care=生活能力
    supporter=有无赡养人
    stage=在校学段
    insured=是否参保
    medical=医疗自付
    schooling=教育支出
    rehabilitation=康复支出
"""

FLAT = """
    serial=序号
    community=所属社区
    head_name=户主
    head_id=户主身份证号
    size=家庭人口
    deposits=家庭存款
    vehicles=机动车
    homes=住房（套）
    area=住房面积
    safe=住房安全情况
    hardship=近期突发困难
    food=不愁吃
    clothing=不愁穿
    name=姓名
    id=身份证号
    relation=与户主关系
    sex=性别
    own_income=月收入
    employment=就业状况
    ill=是否重病
    kind=残疾类别
    grade=残疾等级
    self_care=失能等级
    supporter=有无赡养抚养人
    stage=就学情况
    insured=参保情况
    medical=医疗自付费用
    schooling=教育自付
    rehabilitation=康复自付
"""

HOUSES = """
    number=户编号
    community=所属社区
    head_name=户主姓名
    head_id=户主身份证号码
    address=家庭住址
    phone=联系电话
    size=家庭总人口数
    income=家庭月总收入（元）
    deposits=存款总额（元）
    vehicles=车辆数
    homes=房产套数
    area=住房建筑面积
    safe=房屋是否安全
    hardship=突发事件
    food=吃饭是否有保障
    clothing=穿衣是否有保障
"""

PEOPLE = """
    number=户编号
    community=所属社区
    name=成员姓名
    id=身份证件号
    relation=与户主的关系
    sex=性别
    employment=职业状况
    registered=登记失业
    idle_months=连续失业月数
    insured_months=失业保险缴费月数
    unwillingly=非本人意愿中断就业
    pension=养老保险类型
    basic_pension=基础养老金（元/月）
    ill=是否重大疾病
    kind=残疾种类
    grade=残疾等级
    self_care=生活自理能力
    supporter=有无法定赡养抚养扶养人
    stage=在读学段
    insured=是否参加基本医疗保险
    medical=年医疗自付
    schooling=年教育支出
    rehabilitation=残疾康复费用
"""

WAN = """
    serial=序号
    community=社区
    head_name=户主姓名
    address=居住地址
    size=家庭人口数
    income_year_wan=家庭年收入（万元）
    deposits_wan=家庭存款（万元）
    vehicles=机动车（辆）
    homes=住房（套）
    area=住房面积（㎡）
    safe=住房安全
    hardship=突发困难
    food=是否不愁吃
    clothing=是否不愁穿
    name=成员姓名
    id=身份证号码
    relation=关系
    age=年龄
    employment=就业状况
    ill=大病
    kind=残疾类别
    grade=残疾等级
    self_care=自理能力
    supporter=有无赡养人
    stage=在校学段
    insured=医保
    pension=参加养老保险
    basic_pension=城乡居民基础养老金
    medical=医疗自付（元/年）
    schooling=教育支出（元/年）
    rehabilitation=康复支出（元/年）
"""

CONTINUED = """
    serial=编号
    size=户内人口
    address=详细地址
    phone=手机号码
    income=全家月收入（元）
    deposits=家庭金融资产（元）
    vehicles=车辆
    homes=自有住房套数
    area=建筑面积
    safe=住房是否安全
    hardship=突发困难
    food=是否不愁吃
    clothing=是否不愁穿
    death=家庭成员去世
    receives=享受政策情况
    temporary_aid=是否享受临时救助
    funeral_aid=是否享受惠民殡葬
    disaster_aid=是否享受受灾人员救助
    name=户内成员｜姓名
    id=身份证
    relation=与户主关系
    sex=性别
    employment=就业
    ill=重大疾病
    kind=残疾类别
    grade=残疾登记
    self_care=生活自理能力
    supporter=有无赡养人
    stage=在校情况
    father=父亲情况
    mother=母亲情况
    insured=医保参保
    medical_total=医疗总费用
    medical_settled=医保报销
    medical_second=大病报销
    medical_aid=是否享受医疗救助
    schooling=教育支出
    rehabilitation=康复费用
"""

OLD_CHARACTERS = """
    number=戶編號
    community=社區
    size=家庭人口數
    income=家庭月收入
    deposits=家庭存款
    vehicles=機動車數量
    homes=住房套數
    area=住房面積
    safe=住房是否安全
    hardship=突發困難
    food=是否不愁吃
    clothing=是否不愁穿
    name=姓名
    id=身份證號碼
    relation=與戶主關係
    employment=就業狀況
    ill=是否重病
    kind=殘疾類別
    grade=殘疾等級
    self_care=生活自理能力
    supporter=有無贍養人
    stage=在校學段
    insured=是否參保
    medical=醫療自付
    schooling=教育支出
    rehabilitation=康復支出
"""
