"""The names that reward code may use: modules, built-in functions, attributes, exceptions."""

from __future__ import annotations

_OF_MATH = """
 exp expm1 sqrt sin cos tan acos asin atan atan2 sinh cosh tanh asinh acosh atanh log log1p log10 floor ceil fabs pow
 fmod copysign radians degrees isnan isinf isfinite
"""
_OF_TYPING = """
 Any Callable ClassVar Dict Final Iterable List Literal Mapping NamedTuple Optional Sequence Tuple Type TypeVar Union
"""
IMPORTS: dict[str, frozenset[str]] = {
    "torch": frozenset({"Tensor", "nn", "linalg", "special"}),
    "torch.nn": frozenset({"functional"}),
    "torch.nn.functional": frozenset(),
    "torch.linalg": frozenset(),
    "torch.special": frozenset(),
    "math": frozenset(_OF_MATH.split()),
    "typing": frozenset(_OF_TYPING.split()),
    "__future__": frozenset(),
}

_CALLABLE = """
 abs all any bool dict enumerate float int isinstance len list max min pow range round sorted str sum tuple zip
"""
EXCEPTIONS = frozenset(
    ["AssertionError", "Exception", "IndexError", "KeyError", "RuntimeError", "TypeError", "ValueError"]
)
BUILTINS = frozenset(_CALLABLE.split())

# Harmless attributes: element-wise mathematics, reductions, shapes, types. Nothing that reads or writes files,
# touches storage or memory addresses, changes a tensor in place, or leaves torch.
_MATH = """
 abs absolute acos add all amax amin any arange argmax argmin argsort asin atan atan2 addcdiv addcmul baddbmm bmm
 cat cdist ceil chunk clamp clamp_max clamp_min clip clone column_stack concat copysign cos cosh count_nonzero cross
 cummax cummin cumprod cumsum deg2rad detach diag diagonal diff div divide dot dstack einsum eq equal erf erfc exp
 exp2 expand expand_as expm1 eye flatten flip floor floor_divide fmax fmin fmod frac full full_like gather ge gt
 heaviside hstack hypot index_add index_select inner isclose isfinite isinf isnan le lerp linspace log log10 log1p
 log2 logaddexp logical_and logical_not logical_or logical_xor logsumexp lt masked_fill masked_select matmul max
 maximum mean median min minimum mm movedim mul multiply mv nan_to_num nanmean nansum narrow ne neg negative
 new_full new_ones new_zeros nonzero norm numel ones ones_like outer permute polar pow prod quantile
 rad2deg reciprocal remainder repeat repeat_interleave reshape roll round rsqrt scalar_tensor scatter scatter_add
 select sgn sigmoid sign sin sinc sinh size softmax sort split sqrt square squeeze stack std std_mean sub subtract
 sum swapaxes t take take_along_dim tan tanh tensor tensordot tile topk transpose tril triu true_divide trunc unbind
 unflatten unsqueeze var view view_as vstack where zeros zeros_like relu T mT contiguous
 acosh allclose aminmax arccos arccosh arcsin arcsinh arctan arctan2 arctanh asinh atanh bucketize concatenate cov
 cumprod cumsum digamma erfinv expit fix fliplr flipud float_power greater greater_equal index_fill isneginf
 isposinf kthvalue less less_equal lgamma logcumsumexp logit meshgrid mode msort nanquantile nanmedian
 negative not_equal positive ravel scatter_reduce searchsorted selu signbit special softmin swapdims trapezoid trapz
 var_mean vecdot xlogy
"""
_TYPES = """
 Tensor bool dtype device double float float32 float64 half int int32 int64 item long ndim dim shape to type type_as
 Any Dict List Optional Tuple Union
"""
_FUNCTIONAL = """
 nn functional linalg vector_norm normalize cosine_similarity smooth_l1_loss huber_loss mse_loss l1_loss elu celu
 gelu silu softplus softsign leaky_relu relu6 hardtanh log_softmax logsigmoid one_hot pad
 hardshrink hardsigmoid hardswish kl_div layer_norm matrix_norm mish
 pairwise_distance soft_margin_loss softshrink tanhshrink threshold
"""
_OTHER = """
 pi e inf nan tau fabs degrees radians items keys values append get jit script
 extend insert pop update setdefault sort reverse clear remove index join lower upper zfill replace strip startswith endswith
"""
ATTRIBUTES = frozenset(f"{_MATH} {_TYPES} {_FUNCTIONAL} {_OTHER}".split())

# In-place operations on tensors that the reward made itself: torch counts their writes. None changes a shape.
_OWN_ONLY = """
 abs add addcdiv addcmul ceil clamp clamp_max clamp_min clip cos div exp fill floor fmod lerp log masked_fill mul
 nan_to_num neg pow reciprocal relu remainder round rsqrt sigmoid sign sin sqrt square sub tanh trunc zero
"""
IN_PLACE = frozenset(f"{name}_" for name in _OWN_ONLY.split())
