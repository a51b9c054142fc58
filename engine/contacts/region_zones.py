"""The zones of countries that have several: by state or province, and where nearly everybody lives."""

from collections.abc import Mapping

from engine.contacts.cells import fold

# For a state with two zones, the one where most of its people live.
_REGIONS: Mapping[str, Mapping[str, str]] = {
    "US": {
        "America/New_York": """CT|Connecticut|DE|Delaware|DC|District of Columbia|Washington DC|FL
            |Florida|GA|Georgia|IN|Indiana|KY|Kentucky|ME|Maine|MD|Maryland|MA|Massachusetts|MI|Michigan
            |NH|New Hampshire|NJ|New Jersey|NY|New York|New York State|NC|North Carolina|OH|Ohio|PA
            |Pennsylvania|RI|Rhode Island|SC|South Carolina|VT|Vermont|VA|Virginia|WV|West Virginia""",
        "America/Chicago": """AL|Alabama|AR|Arkansas|IL|Illinois|IA|Iowa|KS|Kansas|LA|Louisiana|MN
            |Minnesota|MS|Mississippi|MO|Missouri|NE|Nebraska|ND|North Dakota|OK|Oklahoma|SD
            |South Dakota|TN|Tennessee|TX|Texas|WI|Wisconsin""",
        "America/Denver": "CO|Colorado|ID|Idaho|MT|Montana|NM|New Mexico|UT|Utah|WY|Wyoming",
        "America/Phoenix": "AZ|Arizona",
        "America/Los_Angeles": "CA|California|NV|Nevada|OR|Oregon|WA|Washington|Washington State",
        "America/Anchorage": "AK|Alaska",
        "Pacific/Honolulu": "HI|Hawaii",
        "America/Puerto_Rico": "PR|Puerto Rico",
        "Pacific/Guam": "GU|Guam",
    },
    "CA": {
        "America/Vancouver": "BC|British Columbia|Colombie-Britannique",
        "America/Edmonton": "AB|Alberta|NT|Northwest Territories",
        "America/Regina": "SK|Saskatchewan",
        "America/Winnipeg": "MB|Manitoba",
        "America/Toronto": "ON|Ontario|QC|Québec",
        "America/Halifax": """NS|Nova Scotia|Nouvelle-Écosse|NB|New Brunswick|Nouveau-Brunswick|PE|PEI
            |Prince Edward Island|Île-du-Prince-Édouard""",
        "America/St_Johns": "NL|Newfoundland|Newfoundland and Labrador|Terre-Neuve-et-Labrador",
        "America/Whitehorse": "YT|Yukon",
        "America/Iqaluit": "NU|Nunavut",
    },
    "AU": {
        "Australia/Sydney": "NSW|New South Wales|ACT|Australian Capital Territory",
        "Australia/Melbourne": "VIC|Victoria",
        "Australia/Brisbane": "QLD|Queensland",
        "Australia/Adelaide": "SA|South Australia",
        "Australia/Perth": "WA|Western Australia",
        "Australia/Hobart": "TAS|Tasmania",
        "Australia/Darwin": "NT|Northern Territory",
        "Australia/Lord_Howe": "Lord Howe|Lord Howe Island",
    },
    "BR": {
        "America/Sao_Paulo": """SP|São Paulo|RJ|Rio de Janeiro|MG|Minas Gerais|ES|Espírito Santo|PR
            |Paraná|SC|Santa Catarina|RS|Rio Grande do Sul|GO|Goiás|DF|Distrito Federal""",
        "America/Bahia": "BA|Bahia",
        "America/Recife": "PE|Pernambuco",
        "America/Maceio": "AL|Alagoas|SE|Sergipe",
        "America/Fortaleza": "CE|Ceará|RN|Rio Grande do Norte|PB|Paraíba|PI|Piauí|MA|Maranhão",
        "America/Belem": "PA|Pará|AP|Amapá",
        "America/Araguaina": "TO|Tocantins",
        "America/Cuiaba": "MT|Mato Grosso",
        "America/Campo_Grande": "MS|Mato Grosso do Sul",
        "America/Manaus": "AM|Amazonas",
        "America/Porto_Velho": "RO|Rondônia",
        "America/Boa_Vista": "RR|Roraima",
        "America/Rio_Branco": "AC|Acre",
    },
    "MX": {
        "America/Tijuana": "BC|Baja California",
        "America/Hermosillo": "Sonora|SON",
        "America/Mazatlan": "Sinaloa|SIN|Nayarit|NAY|Baja California Sur|BCS",
        "America/Cancun": "Quintana Roo|ROO",
        "America/Chihuahua": "Chihuahua|CHH",
        "America/Merida": "Yucatán|YUC|Campeche|CAM",
        "America/Monterrey": "Nuevo León|NLE|Tamaulipas|TAM|Coahuila|COA|Durango|DUR",
        "America/Mexico_City": """CDMX|Ciudad de México|Mexico City|Distrito Federal|Estado de México
            |México|MEX|Jalisco|JAL|Puebla|PUE|Querétaro|QUE|Guanajuato|GUA|Veracruz|VER|Michoacán|MIC
            |Oaxaca|OAX|Chiapas|CHP|Guerrero|GRO|Hidalgo|HID|San Luis Potosí|SLP|Aguascalientes|AGU
            |Zacatecas|ZAC|Morelos|MOR|Tabasco|TAB|Tlaxcala|TLA|Colima|COL""",
    },
    "ES": {"Atlantic/Canary": """Canarias|Islas Canarias|Canary Islands|Las Palmas
        |Santa Cruz de Tenerife|Tenerife"""},
    "PT": {"Atlantic/Azores": "Açores|Azores", "Atlantic/Madeira": "Madeira"},
    "NZ": {"Pacific/Chatham": "Chatham Islands"},
}  # fmt: skip

# Towns whose clock is not their state's.
ZONE_OF_TOWN: Mapping[tuple[str, str], str] = {
    ("AU", "lordhoweisland"): "Australia/Lord_Howe",
    ("AU", "brokenhill"): "Australia/Broken_Hill",
}

# One zone for the mainland, others for islands, exclaves, or the same clock under another name.
MAIN_ZONES: Mapping[str, str] = {
    "AR": "America/Argentina/Buenos_Aires",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "KZ": "Asia/Almaty",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
}

ZONE_OF_REGION: Mapping[tuple[str, str], str] = {
    (country, fold(region)): zone
    for country, zones in _REGIONS.items()
    for zone, regions in zones.items()
    for region in regions.split("|")
}
