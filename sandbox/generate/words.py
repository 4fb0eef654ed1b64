"""The names and phrases that the made-up client base is written in."""

from collections.abc import Mapping

FIRST_NAMES = (
    "Aoife", "Amélie", "Anders", "Aisha", "Bao", "Beatriz", "Björn", "Camila", "Chidi", "Chloé", "Daniel", "Deepa", "Dimitra",
    "Elif", "Emeka", "Emma", "Farah", "Fernanda", "François", "Freya", "Giulia", "Grace", "Hana", "Hugo", "Ingrid", "Ibrahim",
    "Jack", "João", "José", "Kofi", "Kwame", "Lars", "Leila", "Łukasz", "Mei", "Małgorzata", "Mateo", "Mariam", "Nia", "Noor",
    "Olivia", "Oisín", "Priya", "Rafael", "Rhys", "Sanjay", "Siobhán", "Søren", "Sunita", "Thandiwe", "Tomáš", "Tariq", "Uma",
    "Valentina", "Viktor", "Wanjiru", "Yusuf", "Yuki", "Zoë", "Zsófia",
)  # fmt: skip
LAST_NAMES = (
    "Abubakar", "Adeyemi", "Andersson", "Banerjee", "Bianchi", "Brennan", "Byrne", "Castillo", "Çelik", "Chaudhry", "Davies",
    "Dubois", "Eriksen", "Evans", "Fernández", "Ferreira", "García", "Gonçalves", "Haddad", "Hansen", "Hughes", "Ito", "Jansen",
    "Kamau", "Kaur", "Kim", "Kovács", "Kowalczyk", "Lindqvist", "MacLeod", "Mbeki", "Mensah", "Meyer", "Moreau", "Müller",
    "Ndiaye", "Nguyễn", "Novák", "Nowak", "O’Connor", "Okafor", "Østergaard", "Papadopoulos", "Patel", "Popescu", "Quinn",
    "Ramírez", "Rossi", "Saito", "Schäfer", "Silva", "Singh", "Tan", "Thompson", "Tremblay", "Vega", "Walker", "Wójcik",
    "Yılmaz", "Zhang",
)  # fmt: skip
NAMES_IN_OTHER_SCRIPTS = (
    ("伟", "李", "li.wei"), ("さくら", "田中", "s.tanaka"), ("محمد", "العلي", "m.alali"), ("Ольга", "Петренко", "olga.petrenko"),
    ("נועה", "לוי", "noa.levi"), ("अनिल", "शर्मा", "anil.sharma"), ("Ελένη", "Νικολάου", "e.nikolaou"), ("지우", "박", "jiwoo.park"),
)  # fmt: skip
"""First name, last name and what stands before the @."""

COMPANY_BEGINNINGS = (
    "Aldgate", "Amber", "Arbour", "Ashdown", "Beacon", "Birch", "Blackfriars", "Brightwell", "Calder", "Cedar", "Clearwater",
    "Cobalt", "Copper", "Cornmill", "Drift", "Eastgate", "Elmstead", "Fairlead", "Fern", "Foxglove", "Glasshouse", "Granary",
    "Greyfield", "Halcyon", "Hazel", "Heron", "Hollow Oak", "Ironbridge", "Juniper", "Kestrel", "Kingsway", "Lantern", "Larch",
    "Linden", "Lowland", "Maple", "Marlow", "Meridian", "Millrace", "Northlight", "Oakwell", "Orchard", "Paperboat", "Pebble",
    "Quarry", "Quayside", "Redwood", "Riverbend", "Rowan", "Saltmarsh", "Silverdale", "Sparrow", "Stonebridge", "Tideway",
    "Thistle", "Umber", "Vale", "Westbourne", "Willow", "Wren",
)  # fmt: skip
COMPANY_ENDINGS: Mapping[str, tuple[str, str]] = {
    "Outfitters": ("Retail", "RETAIL"), "Dental": ("Healthcare", "HEALTH_WELLNESS_AND_FITNESS"),
    "Hotels": ("Hospitality", "HOSPITALITY"), "Books": ("Retail", "PUBLISHING"), "Kitchens": ("Retail", "FURNITURE"),
    "Legal": ("Consulting", "LEGAL_SERVICES"), "Museum": ("Not For Profit", "MUSEUMS_AND_INSTITUTIONS"),
    "Coffee Roasters": ("Retail", "FOOD_BEVERAGES"), "Cycles": ("Retail", "SPORTING_GOODS"),
    "Insurance": ("Insurance", "INSURANCE"), "Energy": ("Energy", "RENEWABLES_ENVIRONMENT"),
    "Housing Trust": ("Not For Profit", "REAL_ESTATE"), "Logistics": ("Transportation", "LOGISTICS_AND_SUPPLY_CHAIN"),
    "Analytics": ("Technology", "COMPUTER_SOFTWARE"), "Academy": ("Education", "E_LEARNING"),
    "Breweries": ("Retail", "WINE_AND_SPIRITS"), "Robotics": ("Technology", "MECHANICAL_OR_INDUSTRIAL_ENGINEERING"),
    "Clinics": ("Healthcare", "HOSPITAL_HEALTH_CARE"),
}  # fmt: skip
"""What a company does, with Salesforce's and HubSpot's word for its industry."""

CITIES = (
    "London",
    "Leeds",
    "Bristol",
    "Edinburgh",
    "Manchester",
    "Cardiff",
    "Belfast",
    "Norwich",
    "Glasgow",
    "Brighton",
)
CONTACT_TITLES = (
    "Managing Director", "Head of Marketing", "Marketing Manager", "Finance Manager", "Accounts Payable", "Operations Director",
    "E-commerce Manager", "IT Manager", "Digital Lead", "Office Manager", "Product Owner", "Communications Officer",
)  # fmt: skip
COLLEAGUES = (
    ("Hannah", "Whitlock", "Managing Director", None), ("Tom", "Achterberg", "Head of Accounts", 0),
    ("Sofia", "Marchetti", "Account Manager", 1), ("Daniel", "Oyelaran", "Account Manager", 1),
    ("Ruth", "Prendergast", "Support Lead", 1), ("Iain", "Gillespie", "Finance", 0), ("Greta", "Lindholm", "Sales", 0),
    ("Nina", "Kowalska", "Account Manager", 1), ("Amir", "Rahimi", "Account Manager", 1), ("Lucy", "Fairbairn", "Account Manager", 1),
    ("Owen", "Pritchard", "Support", 4), ("Marta", "Solís", "Account Manager", 1), ("Piotr", "Zieliński", "Account Manager", 1),
)  # fmt: skip
"""Our own people: first name, last name, title, who their manager is; the first six are in every agency."""
LEFT_US = ("Gareth", "Lomax", "Account Manager", 1)

CALL_SUBJECTS = (
    "Call with {first}", "Monthly catch-up", "Call about the homepage redesign", "Quick question on the ads budget",
    "Went through the traffic numbers", "Call: launch date", "{first} rang about the newsletter", "Scope of phase two",
    "Hosting renewal", "Check-in after the launch", "Photo shoot logistics", "Feedback on the first drafts",
)  # fmt: skip
EMAIL_SUBJECTS = (
    "Re: homepage copy", "Notes from today", "Draft for your review", "Re: access to Search Console", "Campaign results so far",
    "Agenda for Thursday", "Re: Re: logo files", "Quote for the landing pages", "Cookie banner wording", "Re: invoice query",
    "Summer campaign – first ideas", "Please approve: banner set", "Re: staging login", "Thank you for today 🙂",
)  # fmt: skip
MEETING_SUBJECTS = (
    "Quarterly review",
    "Kick-off: new site",
    "Design workshop",
    "Campaign planning",
    "Project meeting",
    "Lunch with {first}",
)
NOTES = (
    "{first} prefers a call to an e-mail, best before ten.", "Budget for next year is decided in the spring.",
    "They compare us with their old agency a lot. Keep the numbers handy.", "New finance contact, introduce Iain.",
    "Board meets on the last Thursday; nothing gets signed before.", "Happy with the launch. Ask for a reference in a month?",
)  # fmt: skip
BODIES = (
    "Went well. {first} will send the missing pictures.", "Agreed to move the launch by a week.", "Asked for a second option in blue.",
    "Wants to see costs split by channel.", "Nothing urgent, everything on track.", "Some worry about the budget; send the numbers again.",
    "Talked through the last sprint and what comes next.", "",
)  # fmt: skip
PROMISES = (
    "send the traffic report", "send the revised quote", "fix the contact form", "share the design files", "set up the new tracking",
    "name a date for the launch", "send the meeting notes", "come back on the hosting price", "propose topics for the blog",
    "train the new colleague in the editor", "check the broken checkout on mobile", "send last month's ad figures",
)  # fmt: skip
CLIENT_PROMISES = (
    "send the pictures", "approve the texts", "name somebody for the shop", "give us access to the hosting", "send the price list",
    "sign the data processing agreement", "decide on the newsletter tool",
)  # fmt: skip
"""What clients owe us."""
INCIDENTS = (
    ("Contact form sends nothing", "High"), ("Newsletter went out twice", "High"), ("Checkout fails on older phones", "High"),
    ("Site slow since Monday", "Medium"), ("Wrong price on the landing page", "Medium"), ("Certificate warning in the browser", "High"),
    ("Typo in the footer", "Low"), ("Analytics shows no visits", "Medium"), ("Images missing in the shop", "Medium"),
    ("Cannot log in to the editor", "Low"), ("Ads kept running after the end date", "High"), ("Old logo in the e-mail footer", "Low"),
)  # fmt: skip
CHANGES = (
    "Change request: a second language", "Booking calendar on the contact page", "Change request: gift vouchers in the shop",
    "Filter by size in the shop", "Newsletter sign-up on every page", "Change request: a careers page",
)  # fmt: skip
QUESTIONS = (
    "How do I add a colleague?",
    "Where do we see the ads budget?",
    "Can we have the logo as a vector file?",
)
WAITING_SUBJECTS = (
    "Can we talk about next month?", "Numbers for the board", "Question about the invoice", "When does the new page go live?",
    "Our new brochure", "Budget for the autumn", "Something is odd with the form",
)  # fmt: skip
"""What clients write when they want an answer."""
NEXT_STEPS = (
    "Send the revised offer", "Walk them through the prototype", "Wait for the board, then call", "Workshop on the scope",
    "Agree a start date", "Reference call with another client",
)  # fmt: skip
HAPPY, SO_SO, UNHAPPY = (
    (
        "Quick and friendly, thank you.",
        "The relaunch paid off within a month.",
        "Always a straight answer.",
        "",
    ),
    ("Good work, sometimes slow to reply.", "Fine so far.", ""),
    (
        "Three weeks for a small change is too long.",
        "Nobody told us that the form was broken.",
        "I have to ask for everything twice.",
    ),
)
DEALS = (
    "Website relaunch",
    "Retainer",
    "SEO package",
    "Paid search",
    "Brand refresh",
    "Shop migration",
    "Content plan",
    "Support contract",
)
