import pytest

from merflow.errors import ConfigError
from merflow.models.params import check_param, check_word


def test_what_holds_passes_and_what_does_not_is_named():
    check_param(True, "net", "rate", expected="of 0 to 1", found=0.5)
    message = r"^net: expected rate of 0 to 1, but found 1\.5\. Change it in model_params of config\.yaml\.$"
    with pytest.raises(ConfigError, match=message):
        check_param(False, "net", "rate", expected="of 0 to 1", found=1.5)


def test_words():
    check_word("head", "flat", ("flat", "pooled"))
    message = r"^unknown head 'Flat'\. Allowed: flat, pooled\. Change it in model_params of config\.yaml\.$"
    with pytest.raises(ConfigError, match=message):
        check_word("head", "Flat", ("flat", "pooled"))
