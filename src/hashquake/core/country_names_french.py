"""French names of countries, as ISO 3166-1 and Unicode publish them, where English ones differ.

Facts of the standards: ISO 3166-1 in French, and the names of territories in Unicode's CLDR.
"""

FRENCH = """
AD Andorre | Principauté d'Andorre
AE Émirats arabes unis
AF République islamique d'Afghanistan
AL Albanie | République d'Albanie
AM Arménie | République d'Arménie
AO République d'Angola
AQ Antarctique
AR Argentine | République d'Argentine
AS Samoa américaines
AT Autriche | République d'Autriche
AU Australie
AX Îles Åland
AZ Azerbaïdjan | République d'Azerbaïdjan
BA Bosnie-Herzégovine | République de Bosnie et Herzégovine
BB Barbade
BD République populaire du Bengladesh
BE Belgique | Royaume de Belgique
BG Bulgarie | République de Bulgarie
BH Bahreïn | Royaume de Bahreïn
BI République du Burundi
BJ République du Bénin
BM Bermudes
BO Bolivie | Bolivie, état plurinational de
BQ Pays-Bas caribéens | Bonaire, Saint-Eustache et Saba
BR Brésil | République fédérale du Brésil
BT Bhoutan | Royaume du Bouthan
BV Île Bouvet
BW République du Botswana
BY Biélorussie | République du Bélarus
CC Îles Cocos | Cocos (Keeling), Îles
CD République démocratique du Congo | RDC
CF République centrafricaine
CG République du Congo
CH Suisse | Confédération helvétique
CI République de Côte d'Ivoire
CK Îles Cook
CL Chili | République du Chili
CM Cameroun | République du Cameroun
CN Chine | République populaire de Chine | Chine continentale
CO Colombie | République de Colombie
CR République du Costa Rica
CU République de Cuba
CV Cap-Vert | République du Cap-Vert
CX Île Christmas
CY Chypre | République de Chypre
CZ Tchéquie | République tchèque
DE Allemagne | République fédérale d'Allemagne
DJ République de Djibouti
DK Danemark | Royaume du Danemark
DM Dominique | Commonwealth de la Dominique
DO République dominicaine
DZ Algérie | République algérienne démocratique et populaire
EC Équateur | République d'Équateur
EE Estonie | République d'Estonie
EG Égypte | République arabe d'Égypte
EH Sahara occidental
ER Érythrée | L'État d'Érythrée
ES Espagne | Royaume d'Espagne
ET Éthiopie | République fédérale démocratique d'Éthiopie
FI Finlande | République de Finlande
FJ Fidji | République des Fidji
FK Îles Malouines | Malouines, Îles (Falkland)
FM Micronésie | Micronésie, États fédérés de
FO Îles Féroé
FR République française
GA République gabonaise
GB Royaume-Uni | Royaume-Uni de Grande-Bretagne et d'Irlande du Nord | Grande-Bretagne
GD Grenade
GE Géorgie
GF Guyane française
GG Guernesey
GH République du Ghana
GL Groenland
GM Gambie | République de Gambie
GN Guinée | République de Guinée
GQ Guinée équatoriale | République de Guinée Équatoriale
GR Grèce | République grecque
GS Géorgie du Sud-et-les Îles Sandwich du Sud
GT République du Guatemala
GW Guinée-Bissau | République de Guinée-Bissau
GY République de Guyana
HK R.A.S. chinoise de Hong Kong | Région spéciale administrative chinoise de Hong-Kong
HM Îles Heard-et-MacDonald
HN République du Honduras
HR Croatie | République de Croatie
HT République de Haïti
HU Hongrie
ID Indonésie | République d'Indonésie
IE Irlande
IL État d'Israël
IM Île de Man
IN Inde | République d'Inde
IO Territoire britannique de l'océan Indien
IQ Irak | République d'Iraq
IR Iran, République islamique d'
IS Islande | République d'Islande
IT Italie | République italienne
JM Jamaïque
JO Jordanie | Royaume hachémite de Jordanie
JP Japon
KE République du Kenya
KG Kirghizstan | Kirghizistan | République kirghize | Kirghizie
KH Cambodge | Royaume du Cambodge
KI République de Kiribati
KM Comores | Union des Comores
KN Saint-Christophe-et-Niévès
KP Corée du Nord | Corée, République populaire démocratique de
KR Corée du Sud | Corée, République de
KW Koweït | État du Koweït
KY Îles Caïmans
KZ République du Kazakhstan
LA Lao, République démocratique populaire
LB Liban | République libanaise
LC Sainte-Lucie
LI Principauté du Liechtenstein
LK République démocratique socialiste de Sri Lanka
LR République du Libéria
LS Royaume du Lesotho
LT Lituanie | République de Lituanie
LU Grand-duché du Luxembourg
LV Lettonie | République de Lettonie
LY Libye
MA Maroc | Royaume du Maroc
MC Principauté de Monaco
MD Moldavie | Moldova, République de
MF Saint-Martin (partie française)
MG République de Madagascar
MH Îles Marshall | République des Îles Marshall
MK Macédoine du Nord | Macédoine | République de Macédoine du Nord
ML République du Mali
MM Myanmar (Birmanie) | Birmanie | République de Myanmar
MN Mongolie
MO R.A.S. chinoise de Macao | Région spéciale administrative chinoise de Macao
MP Îles Mariannes du Nord | Commonwealth des îles Mariannes du Nord
MR Mauritanie | République islamique de Mauritanie
MT Malte | République de Malte
MU Maurice | République de l'Île Maurice
MV République des Maldives
MW République du Malawi
MX Mexique | États-Unis du Mexique
MY Malaisie
MZ République du Mozambique
NA Namibie | République de Namibie
NC Nouvelle-Calédonie
NE République du Niger
NF Île Norfolk
NG République fédérale du Nigeria
NI République du Nicaragua
NL Pays-Bas | Royaume des Pays-Bas
NO Norvège | Royaume de Norvège
NP République fédérale démocratique du Népal
NR République de Nauru
NU Nioue
NZ Nouvelle-Zélande
OM Sultanat d'Oman
PA République du Panama
PE Pérou | République du Pérou
PF Polynésie française
PG Papouasie-Nouvelle-Guinée | État indépendant de Papouasie-Nouvelle-Guinée
PH République des Philippines
PK République islamique du Pakistan
PL Pologne | République de Pologne
PN Îles Pitcairn
PR Porto Rico
PS Territoires palestiniens | Palestine, État de
PT République portugaise
PW Palaos | République de Palau
PY République du Paraguay
QA État du Qatar
RE Réunion, Île de la
RO Roumanie
RS Serbie | République de Serbie
RU Russie | Russie, Fédération de
RW République rwandaise
SA Arabie saoudite | Royaume d'Arabie saoudite
SB Îles Salomon
SC République des Seychelles
SD Soudan | République du Soudan
SE Suède | Royaume de Suède
SG Singapour | République de Singapour
SH Sainte-Hélène | Sainte-Hélène, Ascension et Tristan da Cunha
SI Slovénie | République de Slovénie
SJ Svalbard et île Jan Mayen
SK Slovaquie | République slovaque
SL République de Sierra Leone
SM Saint-Marin | République de San Marin
SN République du Sénégal
SO Somalie | République fédérale de Somalie
SR République du Surinam
SS Soudan du Sud | République du Soudan du Sud
ST République démocratique de Sao Tomé et Principe
SV Salvador | République d'El Salvador
SX Saint-Martin (partie néerlandaise)
SY Syrie | Syrienne, République arabe
SZ Royaume d'Eswatini
TC Îles Turques-et-Caïques
TD Tchad | République du Tchad
TF Terres australes françaises
TG République togolaise
TH Thaïlande | Royaume de Thaïlande
TJ Tadjikistan | République du Tadjikistan
TL Timor oriental | République démocratique du Timor-Leste
TN Tunisie | République de Tunisie
TO Royaume des Tonga
TR Turquie | République de Turquie
TT Trinité-et-Tobago | République de Trinité et Tobago
TW Taïwan, province de Chine
TZ Tanzanie | Tanzanie, République unie de
UG Ouganda | République d'Ouganda
UM Îles mineures éloignées des États-Unis
US États-Unis | États-Unis d'Amérique
UY République orientale d'Uruguay
UZ Ouzbékistan | République d'Ouzbékistan
VA État de la Cité du Vatican | Saint-Siège (état de la cité du Vatican) | Saint-Siège
VE Vénézuela, république bolivarienne du
VG Îles Vierges britanniques
VI Îles Vierges des États-Unis | Îles Vierges des États-Unis d'Amérique
VN République socialiste du Viet Nam
VU République du Vanuatu
WS État indépendant de Samoa
YE République du Yémen
ZA Afrique du Sud | République d'Afrique du Sud
ZM Zambie | République de Zambie
ZW République du Zimbabwe
"""
"""One country a line; names are separated by bars."""
