"""Which settings belong to which CRM: the connectors' own, told apart by `crm`."""

from typing import Annotated

from pydantic import Field

from connectors.hubspot.settings import HubSpotSettings
from connectors.salesforce.settings import SalesforceSettings

ConnectionSettings = Annotated[SalesforceSettings | HubSpotSettings, Field(discriminator="crm")]
