"""What every model stands on."""

from django.db import connection, models


class PeersManager[M: models.Model](models.Manager[M]):
    """Load a missing foreign key once for the whole result, not once per row."""

    def get_queryset(self) -> models.QuerySet[M]:
        """Return rows that fetch missing relations for all their peers at once."""
        return super().get_queryset().fetch_mode(models.FETCH_PEERS)


class Stateful(models.Model):
    """A row whose state only portal.workflow.move may change."""

    state = models.CharField(max_length=20)

    class Meta:
        abstract = True

    @property
    def journal_chain(self) -> str:
        """The journal chain that records this row: a programme's code, else the portal's own."""
        return "portal"


class CounterManager(PeersManager["Counter"]):
    """Gives numbers."""

    def next(self, scope: str) -> int:
        """Return the next number of the scope; its row stays locked until the transaction ends."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO portal_counter AS counter (scope, last) VALUES (%s, 1) "
                "ON CONFLICT (scope) DO UPDATE SET last = counter.last + 1 RETURNING last",
                [scope],
            )
            number: int = cursor.fetchone()[0]
        return number


class Counter(models.Model):
    """The last number given in a scope; locked after the pot, so numbers have no gaps."""

    scope = models.CharField(max_length=80, unique=True)
    last = models.PositiveIntegerField(default=0)

    objects = CounterManager()

    def __str__(self) -> str:
        return f"{self.scope}: {self.last}"
