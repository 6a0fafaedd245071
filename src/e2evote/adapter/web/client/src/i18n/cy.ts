// What the page says, in Welsh. No speaker has reviewed it yet, and the page says so (`page.unreviewed`).

export const cy: Readonly<Record<keyof typeof import("./en.js").en, string>> = {
  // The page around every screen.
  "page.locale": "cy-GB",
  "page.language": "Iaith",
  "page.unreviewed":
    "Nid yw siaradwr Cymraeg wedi darllen y cyfieithiad hwn eto. Os oes amheuaeth, y fersiwn Saesneg sy’n gywir.",
  "page.new-tab": "(yn agor mewn tab newydd)",
  "page.test-group":
    "Ymarfer yn unig yw hyn. Mae’r etholiad yn defnyddio grŵp bach ar gyfer profion, nad yw’n cadw dim yn " +
    "gyfrinachol.",
  "page.unanchored":
    "Heb ei gymharu: nid oes neb wedi cadarnhau mai dyma’r etholiad cywir. Ei ôl bys yw {fingerprint}.",
  "page.session-used":
    "Defnyddiwyd y ddolen a ddaeth â chi yma o’r blaen, neu mae’n rhy hen. Gallwch bleidleisio yr un fath. I herio " +
    "pleidlais, agorwch ddolen newydd.",
  "foot.title": "Chwilio a gwirio",
  "foot.tracker": "Chwilio am bleidlais",
  "foot.challenge": "Gwirio pleidlais a heriwyd",
  "foot.receipt": "Gwirio derbynneb",
  "foot.about": "Am yr etholiad hwn",
  "waiting.text": "Mae’r dudalen hon yn holi’r gweinydd. Nid anfonir dim o’ch pleidlais gyda hynny.",
  "errors.title": "Cywirwch hyn os gwelwch yn dda",
  "loading.title": "Un funud",
  "loading.text": "Mae’r dudalen hon yn nôl yr etholiad ac yn ei wirio.",
  // Before voting.
  "compare.title": "Ai dyma’r etholiad cywir?",
  "compare.why":
    "Agorwyd y dudalen hon heb ôl bys yr etholiad. Felly gall wirio popeth ond un peth: ai dyma’r etholiad y cawsoch " +
    "wahoddiad iddo.",
  "compare.how":
    "Cymharwch yr ôl bys hwn â’r un yn hysbysiad y bleidlais, lythyren wrth lythyren. Ni all y dudalen hon wneud " +
    "hynny drosoch.",
  "compare.differs": "Os yw’n wahanol, peidiwch â phleidleisio yma. Dywedwch wrth y rhai sy’n cynnal yr etholiad.",
  "compare.same": "Mae yr un fath",
  "compare.without": "Mynd ymlaen heb gymharu",
  "left.title": "Gadawsoch y dudalen hon",
  "left.text":
    "Ni chyflwynwyd dim. Gollyngwyd yr hyn yr oeddech wedi’i ddewis a’i deipio wrth ichi adael, fel na all neb ddod " +
    "o hyd iddo drwy fynd yn ôl.",
  "closed.setup-title": "Nid yw’r pleidleisio wedi dechrau",
  "closed.setup-text": "Mae’r pleidleisio’n agor ar {opens} ac yn cau ar {closes}. Ni ellir cyflwyno dim cyn hynny.",
  "closed.paused-title": "Mae’r pleidleisio wedi’i oedi",
  "closed.paused-text":
    "Ni dderbynnir pleidleisiau am y tro. Mae’r hyn a gofnodwyd yn aros. Dewch yn ôl yn nes ymlaen; mae’r " +
    "pleidleisio’n cau ar {closes}.",
  "closed.closed-title": "Mae’r pleidleisio ar ben",
  "closed.closed-text":
    "Caeodd y pleidleisio ar {closes}. Ni dderbynnir rhagor o bleidleisiau. Gallwch chwilio a gwirio o hyd.",
  "closed.again": "Edrych eto",
  "closed.not-voted": "A bleidleisiodd rhywun drosof?",
  "closed.audit": "Gwiriadau o’r cofnod cyfan",
  "line.title": "Eich llinell",
  "line.text": "Mae’r pleidleisio’n cau ar {closes}.",
  "line.label": "Rhif eich llinell",
  "line.hint": "Mae ar bob llythyr sydd â chod, a’r un rhif sydd ar bob un. Er enghraifft: 17",
  "line.no-codes":
    "Peidiwch â theipio cod eto. Dim ond ar ôl i chi benderfynu bwrw’ch pleidlais y gofynnir am godau. Nid yw neb " +
    "sy’n gofyn amdanynt yn gynt yn dilyn y rheolau.",
  "line.go": "Parhau",
  "line.malformed": "Rhif o saith digid ar y mwyaf yw llinell. Teipiwch y rhif sydd ar eich llythyrau.",
  "line.other": "Defnyddio llinell arall",
  "line.steps-title": "Beth sy’n digwydd nesaf",
  "line.step-1": "Rydych yn dewis, ac yn edrych dros eich dewisiadau.",
  "line.step-2":
    "Mae’r ddyfais hon yn amgryptio’ch pleidlais ac yn dangos ei holrheinydd i chi. Ni anfonwyd dim tan hynny.",
  "line.step-3":
    "Rydych yn penderfynu: bwrw’r bleidlais gyda’ch codau, neu ei herio i weld a yw’r ddyfais hon yn onest.",
  "line.step-4": "Rydych yn cael derbynneb. Mae’n dangos bod eich pleidlais yno, nid sut y gwnaethoch bleidleisio.",
  "again.title": "Mae llinell {line} wedi pleidleisio o’r blaen",
  "again.text": "Gallwch bleidleisio eto. Y bleidlais olaf sy’n cyfrif, ac mae’n disodli’r rhai o’i blaen.",
  "again.public": "Gall pawb weld ar y bwrdd bod y llinell hon wedi pleidleisio eto, ond nid beth a newidiodd.",
  "again.list": "Pleidleisiau llinell {line} ar y bwrdd",
  "again.none": "Dim un",
  "again.not-me":
    "Os nad ydych wedi pleidleisio eto, mae gan rywun arall eich codau. Pleidleisiwch nawr, sy’n disodli’r bleidlais " +
    "honno, a dywedwch wrth y rhai sy’n cynnal yr etholiad.",
  "again.go": "Pleidleisio eto",
  "cannot.marked-title": "Mae llinell {line} wedi pleidleisio ar bapur",
  "cannot.marked-text":
    "Mae’r cyfrifwyr wedi nodi pleidlais ar bapur ar gyfer y llinell hon. Felly ni dderbynnir pleidlais yma.",
  "cannot.marked-next":
    "Os nad ydych wedi pleidleisio ar bapur, gwiriwch rif y llinell. Os yw’n gywir, cwynwch wrth y rhai sy’n cynnal " +
    "yr etholiad.",
  "cannot.no-key-title": "Ni all llinell {line} bleidleisio nawr",
  "cannot.no-key-text":
    "Nid oes gan y llinell hon god dilys gan bob cofrestrydd: cafodd cod ei ddirymu, neu nid yw wedi’i roi eto.",
  "cannot.no-key-next": "Gwiriwch rif y llinell. Os yw’n gywir, gofynnwch i’r rhai a anfonodd y llythyrau atoch.",
  // Without a roll.
  "own.title": "Eich allwedd",
  "own.text":
    "Nid oes gan yr etholiad hwn restr o aelodau: gall unrhyw un sy’n gwneud allwedd bleidleisio â hi. Mae’r " +
    "pleidleisio’n cau ar {closes}.",
  "own.style": "Papur pleidleisio",
  "own.have": "Mae gennyf allwedd o bleidlais gynharach",
  "own.secret": "Eich allwedd (64 o ddigidau a llythrennau a i f)",
  "own.secret-hint": "Gadewch hwn yn wag ac mae’r ddyfais hon yn gwneud allwedd newydd i chi.",
  "own.malformed": "Mae gan allwedd 64 o nodau: digidau a’r llythrennau a i f. Gadewch y maes yn wag i gael un newydd.",
  "own.final": "Bydd y bleidlais yn cael ei llofnodi ag allwedd y ddyfais hon. Ar ôl hyn ni ellir ei herio mwyach.",
  "own.keep-title": "Cadwch eich allwedd",
  "own.keep-text":
    "Gyda’r allwedd hon, a chyda hi yn unig, gallwch bleidleisio eto. Nid yw’n dangos sut y gwnaethoch bleidleisio. " +
    "Gall pwy bynnag sydd â hi bleidleisio yn eich lle.",
  "own.save": "Cadw’r allwedd",
  // Choosing.
  "contest.place": "Gornest {number} o {of}",
  "contest.one": "Dewiswch un",
  "contest.some": "Dewiswch hyd at {limit}",
  "contest.points": "Mae gennych {limit} pleidlais. Cewch roi sawl un i’r un opsiwn.",
  "contest.most": "{limit} ar y mwyaf",
  "contest.blank": "Pleidlais wag",
  "contest.blank-hint": "Rydych yn cymryd rhan, heb ddewis neb. Fe’i cyfrifir yn bleidlais wag.",
  "contest.clear": "Clirio fy newis",
  "contest.cleared": "Nid oes dim wedi’i ddewis.",
  "contest.count": "Wedi’u rhoi: {given} o {limit}",
  "contest.is-blank": "Pleidlais wag",
  "contest.full": "Rydych eisoes wedi dewis {limit}, a dyna’r mwyaf. Tynnwch un yn ôl yn gyntaf.",
  "contest.too-many":
    "Mae hynny’n fwy nag sydd gennych ar ôl yma: {most} ar y mwyaf. Mae gennych {limit} pleidlais i gyd.",
  "contest.over": "Mae mwy o bleidleisiau na’r {limit} sydd gennych.",
  "contest.next": "Nesaf",
  "contest.to-review": "Edrych dros fy newisiadau",
  "contest.back": "Yn ôl",
  "review.title": "Edrychwch dros eich dewisiadau",
  "review.text": "Rydych yn pleidleisio dros linell {line}. Nid oes dim wedi’i amgryptio na’i anfon eto.",
  "review.change": "Newid",
  "review.change-contest": "Newid: {contest}",
  "review.votes": "{name}: {votes}",
  "review.nothing": "Dim pleidlais",
  "review.under": "Rhoesoch {given} o {limit} pleidlais. Cewch adael y lleill.",
  "review.empty": "Ni roesoch bleidlais yma. Caniateir hynny.",
  "review.empty-blank":
    "Ni roesoch bleidlais yma. Caniateir hynny. Os hoffech gael eich cyfrif yn bleidlais wag, dewiswch “Pleidlais " +
    "wag”.",
  "review.others":
    "Mae gan yr etholiad hwn gystadlaethau nad ydynt ar eich papur chi: {contests}. Os yw un ohonynt ar eich cyfer, " +
    "peidiwch â mynd ymlaen, a dywedwch wrth y rhai sy’n cynnal yr etholiad.",
  "review.next": "Nawr mae’r ddyfais hon yn amgryptio’ch pleidlais. Wedyn chi sy’n penderfynu beth a ddaw ohoni.",
  "review.seal": "Amgryptio fy mhleidlais",
  "sealing.title": "Yn amgryptio’ch pleidlais",
  "sealing.text": "Mae’ch dyfais yn gweithio. Nid oes dim yn cael ei anfon.",
  "sealing.progress": "{percent} y cant wedi’i amgryptio",
  "tracker.copy": "Copïo’r olrheinydd",
  "tracker.copied": "Wedi’i gopïo",
  "tracker.not-copied": "Nid yw’ch porwr yn caniatáu copïo. Ysgrifennwch ef os gwelwch yn dda.",
  "tracker.spell": "Sillafu’r olrheinydd",
  // Cast or challenge.
  "decision.title": "Mae’ch pleidlais wedi’i hamgryptio",
  "decision.write":
    "Dyma olrheinydd eich pleidlais. Ysgrifennwch ef nawr: gydag ef dewch o hyd i’ch pleidlais eto, ac ni all y " +
    "ddyfais hon gyfnewid y bleidlais mwyach.",
  "decision.line": "Eich llinell yw {line}. Cadwch hi gyda’r olrheinydd.",
  "decision.now": "Beth ddylai ddod o’r bleidlais hon?",
  "decision.text":
    "Mae’r ddwy ffordd yn dda. Ni wyddai’r ddyfais hon pa un y byddech yn ei dewis. Felly ni allai dwyllo’n ddiogel.",
  "decision.cast-title": "Ei bwrw",
  "decision.cast-text": "Caiff ei chyflwyno ac mae’n cyfrif. Gofynnir am eich codau nawr. Ni ellir byth ei hagor.",
  "decision.cast": "Bwrw’r bleidlais hon",
  "decision.challenge-title": "Ei herio",
  "decision.challenge-text":
    "Caiff ei hagor, ei chyhoeddi heb eich enw, ac nid yw’n cyfrif. Ar ddyfais arall gwelwch a yw’n cynnwys yr hyn a " +
    "ddewisoch. Wedyn byddwch yn pleidleisio eto.",
  "decision.challenge": "Herio’r bleidlais hon",
  "decision.made-up":
    "Bydd pwy bynnag sy’n dysgu mai chi oedd biau pleidlais a heriwyd yn dysgu’r dewisiadau ynddi. Felly os ydych am " +
    "herio, dewiswch rywbeth y gallech fod wedi’i ddewis.",
  "decision.discard": "Taflu’r bleidlais hon a dechrau eto",
  "codes.title": "Eich codau",
  "codes.text":
    "Teipiwch neu gludwch y cod o bob llythyr. Wedyn mae’r ddyfais hon yn llofnodi’ch pleidlais ac yn ei hanfon.",
  "codes.tracker": "Olrheinydd:",
  "codes.hint":
    "25 o lythrennau a digidau mewn pum grŵp. Nid yw priflythrennau, bylchau na chysylltnodau yn gwneud gwahaniaeth, " +
    "nac O neu 0, I neu 1.",
  "codes.label": "Cod gan {organisation}",
  "codes.hide": "Cuddio’r hyn rwy’n ei deipio",
  "codes.final": "Ar ôl hyn ni ellir herio’r bleidlais mwyach.",
  "codes.sign": "Llofnodi a bwrw",
  "codes.back": "Yn ôl at y penderfyniad",
  "codes.empty": "Teipiwch y cod gan {organisation}.",
  "codes.mistyped":
    "Mae camgymeriad yn y cod gan {organisation}: mae llythyren yn anghywir neu ar goll, neu mae dwy wedi cyfnewid " +
    "lle.",
  "codes.wrong-key":
    "Nid y cod gan {organisation} yw’r un sydd gan linell {line} nawr. Cod llythyr arall ydyw, neu mae llythyr mwy " +
    "newydd, neu mae rhif y llinell yn anghywir.",
  "meanwhile.title": "Mae pleidlais arall o’ch llinell wedi cyrraedd",
  "meanwhile.text":
    "Ers i chi ddechrau yma, cofnodwyd pleidlais arall ar gyfer eich llinell. Os chi oedd hynny, ar ddyfais arall " +
    "neu mewn ffenestr arall, gallwch fynd ymlaen: mae’r bleidlais hon yn ei disodli.",
  "meanwhile.not-me":
    "Os nad chi oedd hynny, mae gan rywun arall eich codau. Ewch ymlaen, sy’n disodli’r bleidlais honno, a dywedwch " +
    "wrth y rhai sy’n cynnal yr etholiad.",
  "meanwhile.go": "Mynd ymlaen, a’i disodli",
  "meanwhile.stop": "Stopio, a dechrau eto",
  // Sending.
  "sending.cast-title": "Nid yw’ch pleidlais wedi’i bwrw eto",
  "sending.challenge-title": "Mae’ch her ar ei ffordd",
  "sending.cast-sending": "Mae’n cael ei hanfon. Gadewch y dudalen hon ar agor os gwelwch yn dda.",
  "sending.cast-stored":
    "Mae’ch pleidlais gan y gweinydd, ond mae ar dderbynneb angen cadarnhad tystion, ac nid ydynt wedi’i roi eto. " +
    "Felly nid yw wedi’i bwrw eto. Mae’r dudalen hon yn gofyn eto bob {seconds} eiliad; gadewch hi ar agor os " +
    "gwelwch yn dda.",
  "sending.cast-lost":
    "Nid yw’r gweinydd yn ateb. Efallai bod eich pleidlais wedi cyrraedd neu beidio; nid yw wedi’i bwrw eto. Mae’r " +
    "dudalen hon yn anfon yr un bleidlais eto ymhen {seconds} eiliad, mor aml ag sydd angen. Dim ond unwaith y gall " +
    "gyfrif.",
  "sending.cast-busy":
    "Mae’r gweinydd yn brysur ac nid yw wedi cymryd eich pleidlais. Mae’r dudalen hon yn anfon yr un bleidlais eto " +
    "ymhen {seconds} eiliad.",
  "sending.challenge-sending":
    "Mae’r bleidlais a agorwyd yn cael ei hanfon. Gadewch y dudalen hon ar agor os gwelwch yn dda.",
  "sending.challenge-stored":
    "Mae’r bleidlais a agorwyd gan y gweinydd. Nid yw wedi’i chyhoeddi eto. Mae’r dudalen hon yn gofyn eto bob " +
    "{seconds} eiliad.",
  "sending.challenge-lost":
    "Nid yw’r gweinydd yn ateb. Mae’r dudalen hon yn anfon yr un peth eto ymhen {seconds} eiliad.",
  "sending.challenge-busy":
    "Mae’r gweinydd yn brysur. Mae’r dudalen hon yn anfon yr un peth eto ymhen {seconds} eiliad.",
  "sending.now": "Ceisio nawr",
  "sending.keep-title": "Os oes rhaid i chi adael",
  "sending.keep-text":
    "Cadwch y bleidlais a lofnodwyd. Ar y dudalen hon, ac nid ar un etholiad arall, gallwch anfon yr union bleidlais " +
    "yn nes ymlaen: y cyfeiriad yw cyfeiriad y dudalen hon gyda #check=send ar y diwedd. Nid yw’n dangos sut y " +
    "gwnaethoch bleidleisio.",
  "sending.keep": "Cadw’r bleidlais a lofnodwyd",
  // Receipt.
  "receipt.title": "Mae’ch pleidlais wedi’i bwrw",
  "receipt.text":
    "Mae’r dudalen hon wedi gwirio’r dderbynneb ei hun. Cadwch yr olrheinydd, y llinell a’r dderbynneb. " +
    "Gyda’r bleidlais wedi’i hamgryptio gyda hi, gall unrhyw un ei rhoi eto os bydd gweinydd yn ei cholli.",
  "receipt.tracker": "Olrheinydd",
  "receipt.line": "Llinell",
  "receipt.place": "Lle ar y bwrdd",
  "receipt.fingerprint": "Ôl bys yr etholiad",
  "receipt.qr": "Y llinell a’r olrheinydd ar ffurf llun, i’w copïo â chamera",
  "receipt.save": "Cadw’r dderbynneb",
  "receipt.save-ballot": "Cadw’r bleidlais wedi’i hamgryptio",
  "receipt.save-bad": "Cadw’r ateb a wrthodwyd",
  "receipt.print": "Argraffu",
  "receipt.checked-title": "Beth a wiriwyd",
  "receipt.signed": "Mae log yr etholiad hwn wedi llofnodi drosti.",
  "receipt.witnesses": "Mae’r tystion hyn wedi cadarnhau’r log: {witnesses}.",
  "receipt.no-witnesses": "Nid yw’r etholiad yn enwi tystion: gair y log yn unig yw’r dderbynneb.",
  "receipt.included": "Y bleidlais yw cofnod {index} mewn log o {size} cofnod.",
  "receipt.same": "Dyma’r union bleidlais gyda’r olrheinydd a’r llinell hyn.",
  "receipt.board-counts":
    "Mae’r dudalen hon wedi darllen y bwrdd cyhoeddus cyfan: mae’ch pleidlais yno, a hi yw’r un ddilys " +
    "ddiweddaraf dros eich llinell. Mae’n cyfrif oni bai bod un ddiweddarach, neu bleidlais ar bapur, yn ei disodli.",
  "receipt.board-other":
    "Mae’r dudalen hon wedi darllen y bwrdd cyhoeddus cyfan, ac nid yw’n dod o hyd i’ch pleidlais yno fel yr un sy’n " +
    "cyfrif. Edrychwch ar y gymhariaeth.",
  "receipt.board-text":
    "Gallwch hefyd adael i’r dudalen hon ddarllen y bwrdd cyhoeddus cyfan. Yna mae’n dod o hyd i bleidleisiau’ch " +
    "llinell ei hun. Gyda llawer o bleidleisiau mae hyn yn cymryd amser.",
  "receipt.board": "Cymharu â’r bwrdd cyhoeddus",
  "receipt.later-title": "Yn nes ymlaen",
  "receipt.later-text":
    "Ar ôl y cau, chwiliwch am eich pleidlais yn ôl llinell ac olrheinydd, ar ddyfais arall os oes modd.",
  "receipt.no-vote":
    "Ni all neb weld o’r dderbynneb sut y gwnaethoch bleidleisio, gan eich cynnwys chi. Mae’r dudalen hon wedi " +
    "anghofio’ch dewisiadau.",
  "receipt.again-title": "Os newidiwch eich meddwl",
  "receipt.again-text":
    "Gallwch bleidleisio eto tan y cau. Y bleidlais olaf sy’n cyfrif. Mae’r bwrdd yn dangos bod eich llinell wedi " +
    "pleidleisio eto.",
  "receipt.again": "Pleidleisio eto",
  "board.reading": "Yn darllen y bwrdd cyhoeddus",
  "board.text": "Mae’r dudalen hon yn darllen pob cofnod ac yn gwirio mai’r rhain yw’r hyn a lofnododd y log.",
  "board.progress": "{percent} y cant wedi’i ddarllen",
  "board.read": "Darllenwyd a gwiriwyd: {size} cofnod.",
  "board.objection":
    "Nid yw’r bleidlais hon wedi’i llofnodi fel y dylai fod. Dywedwch wrth y rhai sy’n cynnal yr etholiad.",
  "board.entry": "(cofnod {index})",
  "status.recorded": "wedi’i chofnodi, ac yn cyfrif oni bai fod un ddiweddarach yn ei disodli",
  "status.counted": "yn cyfrif",
  "status.superseded": "wedi’i disodli: pleidlais ddiweddarach neu bleidlais ar bapur sy’n cyfrif",
  "status.annulled": "wedi’i dirymu",
  "status.invalid": "ddim yn ddilys, nid yw’n cyfrif",
  "status.challenged": "wedi’i herio, nid yw’n cyfrif",
  "board.counts-title": "Mae’ch pleidlais ar y bwrdd",
  "board.counts-text":
    "Dyma bleidlais ddilys ddiweddaraf eich llinell, ac mae’n cyfrif oni bai eich bod yn pleidleisio eto.",
  "board.superseded-title": "Pleidlais arall o’ch llinell sy’n cyfrif",
  "board.superseded-text":
    "Mae’ch pleidlais ar y bwrdd, ond mae un ddiweddarach, neu bleidlais ar bapur, wedi’i disodli. Os nad chi oedd " +
    "hynny, dywedwch wrth y rhai sy’n cynnal yr etholiad.",
  "board.invalid-title": "Nid yw’ch pleidlais yn cyfrif",
  "board.invalid-text":
    "Mae’ch pleidlais ar y bwrdd, ond nid yw’n ddilys: ni enwodd y bleidlais o’i blaen. Pleidleisiwch eto, a " +
    "dywedwch wrth y rhai sy’n cynnal yr etholiad.",
  "board.behind-title": "Mae’r bwrdd a ddangosir yn hŷn na’ch derbynneb",
  "board.behind-text":
    "Ni all eich pleidlais fod ynddo eto. Edrychwch eto ymhen ychydig. Os yw’n aros felly, cadwch y dderbynneb a " +
    "dywedwch wrth y rhai sy’n cynnal yr etholiad.",
  "board.false-title": "Nid yw’r bwrdd cyhoeddus yn dal dŵr",
  "board.false-text":
    "Mae’ch derbynneb yn dda, ond nid yw’r bwrdd a ddangosir yn un y mae’r log a’i dystion wedi’i lofnodi, neu nid " +
    "yw’n parhau o’ch derbynneb. Cadwch y dderbynneb, cymharwch â’r bwrdd eto, a dywedwch wrth y rhai sy’n cynnal " +
    "yr etholiad.",
  "board.absent-title": "Nid yw’ch pleidlais ar y bwrdd",
  "board.absent-text":
    "Mae’r log wedi llofnodi dros eich pleidlais, ac yn awr mae’n dangos bwrdd hebddi. Cadwch y dderbynneb: " +
    "tystiolaeth yw hi. Ceisiwch eto yn nes ymlaen, a rhowch hi i’r rhai sy’n cynnal yr etholiad.",
  // After a challenge.
  "challenged.title": "Cafodd eich pleidlais ei hagor",
  "challenged.text":
    "Mae wedi’i chyhoeddi, heb eich enw, ac nid yw’n cyfrif. Nawr gwelwch a yw’n cynnwys yr hyn a ddewisoch.",
  "challenged.check-title": "Gwiriwch hi ar ddyfais arall",
  "challenged.step-save": "Cadwch y ffeil.",
  "challenged.save": "Cadw ffeil yr her",
  "challenged.step-take":
    "Ewch â’r ffeil i ddyfais arall, un yr ydych yn ymddiried ynddi. Ni all dyfais ei dal ei hun.",
  "challenged.step-open": "Agorwch y dudalen wirio yno:",
  "challenged.address": "Cyfeiriad y dudalen wirio, ar ffurf llun i gamera",
  "challenged.step-address":
    "Os ydych yn amau’r ddyfais hon, peidiwch â chymryd y cyfeiriad ohoni, ond o’ch llythyr neu hysbysiad y " +
    "bleidlais: mae dolen “Gwirio pleidlais a heriwyd” ar y dudalen.",
  "challenged.step-type": "Dewiswch y ffeil, a theipiwch yr olrheinydd a ysgrifennoch.",
  "challenged.step-compare": "Cymharwch y dewisiadau a ddangosir â’r hyn a ddewisoch yma.",
  "challenged.private":
    "Mae’r ffeil yn dweud ar gyfer pa linell yr oedd y bleidlais. At eich gwiriad eich hun yn unig y mae: peidiwch " +
    "â’i rhoi i neb.",
  "challenged.vote-title": "Nawr pleidleisiwch",
  "challenged.vote-text":
    "Nid ydych wedi pleidleisio eto. Rydych yn dechrau gyda phapur gwag; ni ddefnyddir dim o’r bleidlais a agorwyd " +
    "eto.",
  "challenged.vote": "Dechrau gyda phapur gwag",
  "challenged.kept-title": "Gallwch ei gwirio o hyd",
  "challenged.kept-text":
    "Cafodd y bleidlais ei hagor ar y ddyfais hon ac ni ellir byth ei bwrw. Efallai na chafodd ei chyhoeddi, ond " +
    "gallwch wirio’r ffeil ar ddyfais arall o hyd.",
  // Checking.
  "check.challenge-title": "Gwirio pleidlais a heriwyd",
  "check.challenge-text":
    "Defnyddiwch ddyfais arall i’r un a amgryptiodd y bleidlais. Mae’r dudalen hon yn cyfrifo pob seiffr o’r " +
    "bleidlais eto. Nid oes dim yn cael ei anfon; dim ond am allweddi’r llinell y gofynnir.",
  "check.challenge-file": "Ffeil yr her",
  "check.challenge-no-file": "Dewiswch ffeil yr her.",
  "check.receipt-title": "Gwirio derbynneb",
  "check.receipt-text": "Mae’r dudalen hon yn gwirio’r dderbynneb ei hun. Nid yw’r ffeil yn cael ei hanfon i unman.",
  "check.receipt-file": "Y dderbynneb, ffeil sy’n gorffen gyda .tlog-proof",
  "check.receipt-no-file": "Dewiswch y dderbynneb.",
  "check.tracker": "Yr olrheinydd a ysgrifennoch",
  "check.tracker-hint": "32 o lythrennau a digidau. Cymerwch ef o’ch nodyn eich hun, nid o’r ffeil.",
  "check.tracker-malformed": "Mae gan olrheinydd 32 o lythrennau a digidau. Edrychwch ar eich nodyn eto.",
  "check.line-optional": "Rhif eich llinell (cewch ei adael yn wag)",
  "check.line-hint":
    "Gydag ef mae’r dudalen hon hefyd yn gwirio bod y bleidlais wedi’i hamgryptio ar gyfer eich llinell.",
  "check.go": "Gwirio",
  "check.working": "Yn gwirio",
  "check.challenge-good": "Mae’r bleidlais yn cynnwys y dewisiadau hyn",
  "check.challenge-says": "Mae pob seiffr, pob prawf a’r olrheinydd yn union yr hyn y mae’r dewisiadau hyn yn ei roi.",
  "check.challenge-compare":
    "Ai dyma’r dewisiadau a wnaethoch? Os na, mae’r ddyfais a amgryptiodd wedi twyllo: cadwch y ffeil, a dywedwch " +
    "wrth y cyfrifwyr.",
  "check.challenge-bad": "Nid yw’r bleidlais hon yr hyn y mae’n ei ddweud",
  "check.challenge-bad-text":
    "Mae o leiaf un gwiriad yn methu. Edrychwch ar eich nodyn o’r olrheinydd eto. Os yw’n gywir, ni wnaeth y ddyfais " +
    "a amgryptiodd yr hyn a ddywedodd.",
  "check.challenge-bad-next":
    "Cadwch y ffeil a’ch nodyn, peidiwch â phleidleisio gyda’r ddyfais honno, a dywedwch wrth y cyfrifwyr.",
  "check.receipt-good": "Mae’r dderbynneb yn dal",
  "check.receipt-says": "Dyma dderbynneb y bleidlais gyda’ch olrheinydd a’ch llinell.",
  "check.anchored": "Cymharwyd yr etholiad â’r ôl bys yng nghyfeiriad y dudalen hon.",
  "check.unanchored":
    "Ni chymharwyd yr etholiad ag ôl bys o le arall. Cymharwch hwn â hysbysiad y bleidlais: {fingerprint}.",
  "check.line-not":
    "Heb ei wirio: pwy oedd biau’r bleidlais. Mae’r ffeil yn dweud llinell {line}. Teipiwch eich llinell i gael " +
    "gwirio hynny.",
  "check.list": "Pob gwiriad",
  "check.state-passed": "Wedi pasio.",
  "check.state-failed": "Wedi methu.",
  "check.state-not-run": "Heb ei redeg.",
  "checked.board.leaf": "Mae’r cofnod yn perthyn i’r etholiad hwn.",
  "checked.board.payload": "Mae’r cofnod yn enwi’r union bleidlais hon.",
  "checked.challenge.form": "Mae gan y bleidlais ffurf pleidleisiau’r etholiad hwn.",
  "checked.challenge.tracker": "Yr olrheinydd yw’r un a ysgrifennoch.",
  "checked.challenge.opening": "Mae pob seiffr yn cynnwys y dewis y mae’r ffeil yn ei ddweud.",
  "checked.challenge.proof": "Mae pob prawf o derfyn yn dal.",
  "checked.ballot.line": "Cafodd y bleidlais ei hamgryptio ar gyfer eich llinell a’i hallweddi.",
  "checked.ballot.identifier": "Dynodwr y bleidlais yw un y llinell.",
  "saved.title": "Anfon pleidlais a gadwyd",
  "saved.text":
    "Os na ellid anfon pleidlais a lofnodwyd, rydych wedi’i chadw’n ffeil. Mae’r dudalen hon yn ei hanfon fel y mae. " +
    "Mae’n cyfrif unwaith, pa mor aml bynnag yr anfonir hi.",
  "saved.file": "Y bleidlais a lofnodwyd, ffeil sy’n gorffen gyda .signed.json",
  "saved.go": "Ei hanfon",
  "saved.malformed": "Dewiswch ffeil pleidlais a lofnodwyd.",
  "way.start": "Dechrau eto",
  "way.retry": "Ceisio eto",
  "way.back": "Yn ôl",
  "way.other-file": "Gwirio ffeil arall",
};
