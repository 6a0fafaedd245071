// What the page says when something does not go on, in Welsh. No speaker has reviewed it yet.

export const cyTrouble: Readonly<Record<keyof typeof import("./en_trouble.js").enTrouble, string>> = {
  "trouble.title": "Ni all hyn fynd ymlaen",
  "trouble.passing-title": "Dim ateb am y tro",
  "trouble.name": "Enw’r rheswm:",
  "trouble.detail": "Manylion i’r rhai sy’n eich helpu",
  "trouble.other": "Nid yw rhywbeth fel y dylai fod, ac mae’r dudalen hon yn stopio yma.",
  "next.passing": "Nid oes dim wedi’i golli. Ceisiwch eto ymhen ychydig.",
  "next.stop":
    "Peidiwch â phleidleisio ar y dudalen hon. Dywedwch wrth y rhai sy’n cynnal yr etholiad, a rhowch enw’r rheswm " +
    "iddynt.",
  "headline.stale-prev": "Daeth pleidlais arall o’ch llinell yn gyntaf",
  "headline.already-marked": "Ni dderbyniwyd eich pleidlais",
  "headline.voting-paused": "Ni dderbyniwyd eich pleidlais",
  "headline.voting-closed": "Ni dderbyniwyd eich pleidlais",
  "headline.board.phase": "Ni dderbyniwyd eich pleidlais",
  "headline.ballot-all": "Ni dderbyniwyd eich pleidlais",
  "headline.storage-full": "Ni dderbyniwyd eich pleidlais",
  "headline.challenge-limit": "Ni chyhoeddwyd eich her",
  "headline.no-session": "Ni chafodd eich pleidlais ei hagor",
  "headline.keys-changed": "Mae’ch codau wedi newid",
  "headline.receipt-all": "Nid yw’r dderbynneb hon yn dal",
  "headline.opened-malformed": "Nid ffeil her yw hon",
  "trouble.no-answer": "Nid yw’r gweinydd yn ateb, neu mae’ch cysylltiad wedi mynd.",
  "trouble.rate-limited": "Mae’r gweinydd yn cael gormod o geisiadau am y tro.",
  "trouble.internal": "Mae’r dudalen hon neu’r gweinydd wedi gwneud camgymeriad ei hun.",
  "trouble.anchor.base-hash":
    "Nid dyma’r etholiad y cawsoch wahoddiad iddo: nid yw’r enwau, yr opsiynau, y drefn na’r rheolau fel y " +
    "cyhoeddwyd hwy.",
  "trouble.anchor.extended-base-hash":
    "Nid allwedd yr etholiad hwn yw’r un a gyhoeddwyd. Gallai pwy bynnag sydd â’r allwedd arall ddarllen eich " +
    "pleidlais.",
  "trouble.assets.changed":
    "Nid yw un o ffeiliau’r dudalen hon yr un y mae’r etholiad yn ei henwi. Efallai bod y dudalen wedi’i newid.",
  "trouble.assets.missing": "Nid yw un o ffeiliau’r dudalen hon lle y dylai fod, felly ni ellir gwirio’r dudalen.",
  "trouble.manifest-malformed": "Nid oes gan yr hyn y mae’r gweinydd yn ei roi fel rheolau’r etholiad y ffurf gywir.",
  "trouble.first-entry": "Nid yw cofnod cyntaf y bwrdd cyhoeddus yn perthyn i’r rheolau hyn.",
  "trouble.joint-key": "Nid allwedd i’r etholiad hwn yw’r allwedd y mae’r gweinydd yn ei rhoi.",
  "trouble.group-unknown": "Mae’r etholiad yn defnyddio math o amgryptio nad yw’r dudalen hon yn ei adnabod.",
  "trouble.test-group":
    "Mae’r etholiad yn defnyddio grŵp bach ar gyfer profion, nad yw’n cadw dim yn gyfrinachol. Ar gyfer ymarfer yn " +
    "unig y mae.",
  "trouble.answer-malformed": "Nid oes gan ateb gan y gweinydd y ffurf gywir.",
  "trouble.link-malformed": "Mae’r cyfeiriad a ddaeth â chi yma yn anghyflawn neu wedi’i newid.",
  "next.link-malformed": "Agorwch y ddolen eto, yn gyfan, fel yr anfonwyd hi atoch.",
  "trouble.no-api": "Nid yw’r dudalen hon yn gwybod ar gyfer pa etholiad y mae.",
  "next.no-api":
    "Agorwch hi drwy ddolen eich etholiad. O ffolder eich hun, ychwanegwch #api= a chyfeiriad yr etholiad.",
  "trouble.no-session":
    "Nid yw’r gweinydd yn derbyn her gennych yma: mae angen dolen o safle’r aelodau, a defnyddiwyd eich un chi neu " +
    "nid oedd un.",
  "next.no-session":
    "Ni chafodd eich pleidlais ei hagor. Gallwch fynd yn ôl a’i bwrw, neu ei thaflu, agor dolen newydd a herio’r " +
    "nesaf.",
  "trouble.session-all": "Nid yw’r gweinydd yn derbyn y ddolen a ddaeth â chi yma.",
  "trouble.line-unknown": "Nid oes llinell o’r fath.",
  "next.line-unknown": "Gwiriwch y rhif ar eich llythyrau.",
  "trouble.style-unknown": "Mae’r gweinydd yn rhoi i’ch llinell bapur pleidleisio nad yw gan yr etholiad.",
  "trouble.voter-keys": "Ni all yr allweddi y mae’r gweinydd yn eu rhoi ar gyfer y llinell hon fod yn eiddo i neb.",
  "trouble.keys-changed":
    "Newidiwyd codau’ch llinell ar ôl i chi ddechrau. Gwnaed y bleidlais ar gyfer yr hen rai, felly ni ellir ei " +
    "bwrw.",
  "next.keys-changed":
    "Chwiliwch am lythyr mwy newydd, a dechreuwch eto. Os na ddywedodd neb wrthych am godau newydd, dywedwch wrth y " +
    "rhai sy’n cynnal yr etholiad.",
  "trouble.ballot-spent": "Cafodd y bleidlais hon ei bwrw, ei herio neu ei thaflu eisoes.",
  "next.ballot-spent": "Dechreuwch eto gyda phleidlais newydd.",
  "trouble.prev-malformed": "Nid oes gan yr hyn a ddywed y gweinydd am bleidlais ddiwethaf eich llinell y ffurf gywir.",
  "trouble.codes-missing": "Mae cod ar goll.",
  "trouble.stale-prev":
    "Cofnodwyd pleidlais arall o’ch llinell cyn i hon gyrraedd. Felly ni dderbyniwyd hon, a’r llall sy’n sefyll.",
  "next.stale-prev":
    "Os chi oedd hynny, nid oes dim o’i le. Os hoffech i’r dewis hwn gyfrif, dechreuwch eto. Os nad chi oedd hynny, " +
    "mae gan rywun arall eich codau: pleidleisiwch eto, a dywedwch wrth y rhai sy’n cynnal yr etholiad.",
  "trouble.already-marked":
    "Mae’r cyfrifwyr wedi nodi pleidlais ar bapur ar gyfer eich llinell. Felly ni dderbyniwyd y bleidlais hon.",
  "next.already-marked": "Os nad ydych wedi pleidleisio ar bapur, cwynwch wrth y rhai sy’n cynnal yr etholiad.",
  "trouble.voting-paused":
    "Mae’r pleidleisio wedi’i oedi, ac ni dderbyniwyd y bleidlais hon. Mae’r hyn a gofnodwyd o’r blaen yn aros.",
  "next.voting-paused":
    "Cadwch y bleidlais a lofnodwyd a’i hanfon yn nes ymlaen, neu pleidleisiwch eto pan fydd y pleidleisio’n mynd " +
    "rhagddo.",
  "trouble.voting-closed": "Caeodd y pleidleisio cyn i’ch pleidlais gyrraedd. Ni dderbyniwyd hi.",
  "next.voting-closed":
    "Mae pleidlais gennych a gofnodwyd yn gynharach yn cyfrif o hyd. Os oeddech mewn pryd, cadwch y bleidlais a " +
    "lofnodwyd a chwynwch.",
  "trouble.board.phase": "Nid yw’r pleidleisio ar agor, ac ni dderbyniwyd y bleidlais hon.",
  "next.board.phase":
    "Edrychwch ar ddyddiadau’r etholiad. Os oeddech mewn pryd, cadwch y bleidlais a lofnodwyd a chwynwch.",
  "trouble.already-challenged": "Cafodd y bleidlais hon ei hagor. Ni ellir byth ei bwrw.",
  "next.already-challenged": "Dechreuwch eto gyda phleidlais newydd.",
  "trouble.already-cast":
    "Mae’r gweinydd yn dweud bod y bleidlais hon ar y bwrdd fel un sy’n cyfrif. Ni lofnododd y ddyfais " +
    "hon hi at hynny.",
  "next.already-cast":
    "Cadwch ffeil yr her, chwiliwch am eich llinell o ddyfais arall, a dywedwch wrth y rhai sy’n cynnal yr etholiad.",
  "trouble.challenge-limit": "Rydych wedi herio cymaint o bleidleisiau ag y mae’r etholiad hwn yn eu caniatáu.",
  "next.challenge-limit": "Gallwch bleidleisio fel o’r blaen: bwriwch y bleidlais nesaf.",
  "trouble.too-large": "Nid yw’r gweinydd yn derbyn dim mor fawr.",
  "trouble.storage-full": "Nid oes gan y gweinydd le i’ch pleidlais. Ni dderbyniwyd hi.",
  "trouble.ballot-all": "Ni dderbyniodd y gweinydd y bleidlais hon: mae gwiriad yn methu.",
  "next.ballot-all":
    "Dechreuwch eto. Os digwydd eto, defnyddiwch ddyfais arall, a dywedwch wrth y rhai sy’n cynnal yr etholiad.",
  "trouble.receipt-all": "Nid yw ateb y gweinydd yn dderbynneb ddilys o’ch pleidlais. Peidiwch â’i gredu.",
  "next.receipt-all":
    "Nid yw’n dweud a dderbyniwyd eich pleidlais. Cadwch bob ffeil, chwiliwch am eich pleidlais o ddyfais arall, a " +
    "dywedwch wrth y cyfrifwyr.",
  "trouble.receipt-other-entry": "Derbynneb pleidlais arall yw hon, nid yr un gyda’r olrheinydd a’r llinell hyn.",
  "trouble.receipt-ballot":
    "Mae gan y cofnod yr olrheinydd a’r llinell hyn, ond nid yw wedi’i lofnodi fel pleidlais. Ni all byth gyfrif.",
  "trouble.receipt-quorum": "Nid oes digon o dystion wedi cadarnhau’r hyn y mae’r dderbynneb yn ei ddweud.",
  "trouble.receipt-log-signature": "Nid yw’r dderbynneb wedi’i llofnodi gan log yr etholiad hwn.",
  "trouble.receipt-inclusion": "Nid yw’r dderbynneb yn dangos bod y bleidlais ar y bwrdd.",
  "trouble.receipt-malformed": "Nid derbynneb yw hon.",
  "trouble.board-fork":
    "Mae’r log wedi llofnodi dau hanes: nid yw’r bwrdd cyhoeddus yn parhau o’r hyn y mae’ch derbynneb yn perthyn iddo.",
  "next.board-fork":
    "Cadwch y dderbynneb: mae’n dystiolaeth. Rhowch hi i’r rhai sy’n cynnal yr etholiad ac i’r craffwr.",
  "trouble.board-all": "Nid y bwrdd cyhoeddus yw’r hyn a lofnododd y log.",
  "next.board-all":
    "Ceisiwch eto yn nes ymlaen. Os yw’n aros felly, cadwch eich derbynneb a dywedwch wrth y cyfrifwyr.",
  "trouble.opened-malformed": "Nid ffeil her yw hon.",
  "next.opened-malformed": "Dewiswch y ffeil a gadwyd ar ôl yr her.",
  "trouble.tracker-malformed": "Nid olrheinydd yw hwn.",
  "trouble.not-found": "Nid oes gan y gweinydd yr hyn y gofynnodd y dudalen hon amdano.",
};
